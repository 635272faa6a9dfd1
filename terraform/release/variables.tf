variable "region" {
  description = "Region of the repository and of the pipelines. It need not be a region that teams release to."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", var.region))
    error_message = "Write a region such as eu-central-1."
  }
}

variable "name" {
  description = "Beginning of the names of all resources. A second deployment in the account, also in another region, needs another one."
  type        = string
  default     = "palisade"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,11}$", var.name))
    error_message = "The name must have 1 to 12 of a-z, 0-9 and -, and begin with a letter."
  }
}

variable "environments" {
  description = <<-EOT
    What teams release to, by the name that tags begin with.
    pipeline: name of its pipeline. regions: where teams may release to. home_region: where releases of scope global are deployed from.
    approval: whether people approve each plan. approvers: ARNs of the roles or users who may take the role that approves. approval_days: how long a plan waits for them.
    protected_types: types of resources that a release destroys or replaces only with a line in allow-destroy.txt; null takes var.protected_types.
    alarm: whether a failed release sets off an alarm.
    targets: the account of each team that may release here, the external id of its roles, and the ARNs of the secrets that become Terraform variables, by their names.
  EOT
  type = map(object({
    pipeline        = string
    regions         = list(string)
    home_region     = string
    approval        = optional(bool, true)
    approvers       = optional(list(string), [])
    approval_days   = optional(number, 2)
    protected_types = optional(list(string))
    alarm           = optional(bool, true)
    targets = map(object({
      account_id  = string
      external_id = string
      secrets     = optional(map(string), {})
    }))
  }))

  validation {
    condition     = length(var.environments) > 0
    error_message = "Write at least one environment."
  }

  # shared/release-tag.ts has the same rules of names.
  validation {
    condition     = alltrue([for environment in keys(var.environments) : can(regex("^[A-Za-z0-9-]{1,32}$", environment))])
    error_message = "The name of an environment must have 1 to 32 of A-Z, a-z, 0-9 and -. A _ ends it in a tag."
  }

  validation {
    condition     = length(distinct([for environment in keys(var.environments) : lower(environment)])) == length(var.environments)
    error_message = "Two environments must differ in more than capital letters: the names of buckets have none."
  }

  validation {
    # The account id has 12 digits.
    condition     = alltrue([for environment in keys(var.environments) : length("${var.name}-artifacts-${environment}--${var.region}") + 12 <= 63])
    error_message = "The name of an environment is too long for the name of a bucket, <name>-artifacts-<environment>-<account>-<region>, which has at most 63 characters: shorten it, or var.name."
  }

  validation {
    condition     = alltrue([for environment in values(var.environments) : can(regex("^[A-Za-z0-9.@_-]{1,100}$", environment.pipeline))])
    error_message = "The name of a pipeline must have 1 to 100 of A-Z, a-z, 0-9 and .@_-."
  }

  validation {
    condition     = length(distinct(values(var.environments)[*].pipeline)) == length(var.environments)
    error_message = "Each environment needs a pipeline of its own."
  }

  validation {
    condition     = alltrue([for environment in values(var.environments) : length(environment.regions) > 0 && alltrue([for region in environment.regions : can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", region))])])
    error_message = "Write at least one region for each environment, such as eu-central-1."
  }

  validation {
    condition     = alltrue([for environment in values(var.environments) : contains(environment.regions, environment.home_region)])
    error_message = "The home region of an environment must be one of its regions."
  }

  validation {
    condition     = alltrue([for environment in values(var.environments) : length(environment.targets) > 0 && alltrue([for team in keys(environment.targets) : can(regex("^[a-z0-9-]{1,40}$", team))])])
    error_message = "Write at least one team in the targets of each environment. The name of a team must have 1 to 40 of a-z, 0-9 and -."
  }

  validation {
    condition     = alltrue([for environment in values(var.environments) : alltrue([for target in values(environment.targets) : can(regex("^[0-9]{12}$", target.account_id))])])
    error_message = "Write the id of an account as text, such as \"012345678901\": as a number it would lose zeros at its beginning."
  }

  validation {
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    condition     = alltrue([for environment in values(var.environments) : alltrue([for target in values(environment.targets) : can(regex("^[A-Za-z0-9_+=,.@:/-]{2,}$", target.external_id)) && length(target.external_id) <= 1224])])
    error_message = "An external id must have 2 to 1224 of A-Z, a-z, 0-9 and _+=,.@:/-. Make it up, such as with uuidgen: it is no secret."
  }

  validation {
    condition = alltrue([for environment in values(var.environments) : alltrue([for target in values(environment.targets) : alltrue([for variable, arn in target.secrets :
      can(regex("^[A-Za-z_][A-Za-z0-9_-]{0,99}$", variable)) && can(regex("^arn:[a-z-]+:(secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+|ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9_./-]+)$", arn))
    ])])])
    error_message = "Write secrets as { name_of_the_variable = \"ARN of a secret of Secrets Manager or of a parameter\" }, never their values."
  }

  validation {
    condition     = alltrue([for environment in values(var.environments) : environment.approval == (length(environment.approvers) > 0)])
    error_message = "Write approvers where approval is on, and only there: an approval that nobody may give would wait until it expires."
  }

  validation {
    condition     = alltrue([for environment in values(var.environments) : alltrue([for approver in environment.approvers : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/[A-Za-z0-9+=,.@_/-]+$", approver))])])
    error_message = "Write approvers as ARNs of roles or users, with their paths and without wildcards."
  }

  validation {
    # CodePipeline takes 5 to 86,400 minutes; people need a day. https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    condition     = alltrue([for environment in values(var.environments) : environment.approval_days >= 1 && environment.approval_days <= 60 && floor(environment.approval_days * 1440) == environment.approval_days * 1440])
    error_message = "An approval waits 1 to 60 days, in whole minutes: 1.5 are 36 hours."
  }

  validation {
    condition     = alltrue([for environment in values(var.environments) : environment.protected_types == null || alltrue([for type in coalesce(environment.protected_types, []) : can(regex("^[a-z0-9_]+$", type))])])
    error_message = "Write types of resources such as aws_db_instance."
  }

  validation {
    # All settings of a function have at most 4 KB. The others of pipeline-starter take less than 1 KB.
    # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    condition = length(jsonencode({ for name, environment in var.environments : name => {
      pipeline   = environment.pipeline, sourceAction = "Source", regions = environment.regions,
      homeRegion = environment.home_region, teams = keys(environment.targets)
    } })) <= 3000
    error_message = "The environments with their pipelines, regions and teams have more than 3000 characters as JSON: the settings of pipeline-starter have no room for more. A second deployment with another name can take the others."
  }

  validation {
    # The settings of release-recorder, with made-up account and partition.
    condition = length(jsonencode({ for name, environment in var.environments : name => {
      pipeline       = environment.pipeline
      artifactBucket = "${var.name}-artifacts-${name}-123456789012-${var.region}"
      approval       = { roleArn = "arn:partition-12:iam::123456789012:role/${var.name}-approve-${name}", days = environment.approval_days }
    } })) <= 3300
    error_message = "There are too many environments: the settings of release-recorder have no room for more. A second deployment with another name can take some of them."
  }
}

variable "adopted_state_buckets" {
  description = "Buckets with states that are there already, by environment. For the other environments this root makes one."
  type = map(object({
    bucket      = string
    region      = string
    kms_key_arn = string
  }))
  default = {}

  validation {
    condition     = length(setsubtract(keys(var.adopted_state_buckets), keys(var.environments))) == 0
    error_message = "Write only buckets for environments in var.environments."
  }

  validation {
    condition     = alltrue([for state in values(var.adopted_state_buckets) : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", state.bucket)) && can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", state.region)) && can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", state.kms_key_arn))])
    error_message = "Write the name of the bucket, its region, and the ARN of its key."
  }

  validation {
    condition     = length(distinct(values(var.adopted_state_buckets)[*].bucket)) == length(var.adopted_state_buckets) && length(distinct(values(var.adopted_state_buckets)[*].kms_key_arn)) == length(var.adopted_state_buckets)
    error_message = "Each environment needs a bucket and a key of its own: dev must not read the states of prod."
  }
}

variable "version_deletion_role_arn" {
  description = "ARN of the only IAM role that may delete versions of states and artifacts. By default nobody may."
  type        = string
  default     = null

  validation {
    condition     = var.version_deletion_role_arn == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", var.version_deletion_role_arn))
    error_message = "Write the ARN of an IAM role, with its path and without wildcards."
  }
}

variable "repository" {
  description = "Name of the CodeCommit repository with the infrastructure, and its release branch: a commit must be on it to be released. With adopt = true the repository is there already."
  type = object({
    name   = optional(string, "infrastructure")
    branch = optional(string, "main")
    adopt  = optional(bool, false)
  })
  default = {}

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,100}$", var.repository.name))
    error_message = "The name of a repository must have 1 to 100 of A-Z, a-z, 0-9 and ._-."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9._/-]{1,256}$", var.repository.branch))
    error_message = "The name of a branch must have 1 to 256 of A-Z, a-z, 0-9 and ._/-."
  }
}

variable "old_versions_days" {
  description = "Days that an old version of a state is kept. The newest 20 old versions are kept for good."
  type        = number
  default     = 90

  validation {
    condition     = var.old_versions_days >= 1 && floor(var.old_versions_days) == var.old_versions_days
    error_message = "The days must be a whole number, at least 1."
  }
}

variable "artifact_days" {
  description = "Days that plans, results and caches are kept."
  type        = number
  default     = 90

  validation {
    condition     = floor(var.artifact_days) == var.artifact_days && alltrue([for environment in values(var.environments) : var.artifact_days > environment.approval_days])
    error_message = "The days must be a whole number, larger than all approval_days: a plan must not expire while it waits for its approval."
  }
}

variable "deletion_protection" {
  description = "Protects the ledger and the table of starts from deletion. Before you destroy, apply with false."
  type        = bool
  default     = true
}

variable "tags" {
  description = "Tags of all resources. They win over our tags Project and Root."
  type        = map(string)
  default     = {}
}

# What a release may not do.

variable "protected_types" {
  description = "Types of resources that a release destroys or replaces only where environments/<env>/<team>/allow-destroy.txt names the address: they hold data, or others cannot be without them."
  type        = list(string)
  default = [
    "aws_backup_vault", "aws_cloudwatch_log_group", "aws_codecommit_repository", "aws_cognito_user_pool", "aws_db_cluster_snapshot",
    "aws_db_instance", "aws_db_snapshot", "aws_docdb_cluster", "aws_dynamodb_global_table", "aws_dynamodb_table", "aws_ebs_snapshot",
    "aws_ebs_volume", "aws_ecr_repository", "aws_efs_file_system", "aws_eks_cluster", "aws_elasticache_cluster",
    "aws_elasticache_replication_group", "aws_elasticsearch_domain", "aws_fsx_lustre_file_system", "aws_fsx_ontap_file_system",
    "aws_fsx_openzfs_file_system", "aws_fsx_windows_file_system", "aws_keyspaces_table", "aws_kinesis_stream", "aws_kms_key",
    "aws_kms_replica_key", "aws_memorydb_cluster", "aws_msk_cluster", "aws_neptune_cluster", "aws_opensearch_domain", "aws_qldb_ledger",
    "aws_rds_cluster", "aws_rds_global_cluster", "aws_redshift_cluster", "aws_route53_zone", "aws_s3_bucket", "aws_s3tables_table",
    "aws_secretsmanager_secret", "aws_sqs_queue", "aws_timestreamwrite_table",
  ]

  validation {
    condition     = alltrue([for type in var.protected_types : can(regex("^[a-z0-9_]+$", type))])
    error_message = "Write types of resources such as aws_db_instance."
  }
}

variable "trivy_severities" {
  description = "Severities of trivy that stop a release."
  type        = list(string)
  default     = ["HIGH", "CRITICAL"]

  validation {
    condition     = length(setsubtract(var.trivy_severities, ["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"])) == 0
    error_message = "A severity must be CRITICAL, HIGH, MEDIUM, LOW or UNKNOWN."
  }
}

variable "checkov_checks" {
  description = "Checks of checkov that stop a release. checkov has severities only with a key of its vendor, so the list names checks: what is open to the internet, not encrypted, or may do everything."
  type        = list(string)
  default = [
    "CKV_AWS_16", "CKV_AWS_17", "CKV_AWS_19", "CKV_AWS_20", "CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_26", "CKV_AWS_27", "CKV_AWS_40",
    "CKV_AWS_41", "CKV_AWS_42", "CKV_AWS_46", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV_AWS_57", "CKV_AWS_60",
    "CKV_AWS_61", "CKV_AWS_62", "CKV_AWS_63", "CKV_AWS_70", "CKV_AWS_79", "CKV_AWS_87", "CKV_AWS_96", "CKV_AWS_107", "CKV_AWS_110",
    "CKV_AWS_260", "CKV_AWS_277",
  ]

  validation {
    condition     = alltrue([for check in var.checkov_checks : can(regex("^CKV2?_[A-Z0-9_]+$", check))])
    error_message = "Write ids of checks of checkov such as CKV_AWS_24."
  }
}

variable "plan_twice" {
  description = "Plans twice, and refuses a release whose plan differs from itself, as plantimestamp() makes it: Apply would refuse it after the approval. A release takes longer."
  type        = bool
  default     = false
}

variable "guardrails" {
  description = <<-EOT
    The root guardrails, whose active guardrails each release passes beside its plan. null: releases pass none.
    account_id: the security account. external_id: what both sides ask for (make it up, such as with uuidgen: it is no secret).
    name: its variable name. repository: the one with the guardrails; region: where it is, by default here.
  EOT
  type = object({
    account_id  = string
    external_id = string
    name        = optional(string, "palisade")
    repository  = optional(string, "guardrails")
    region      = optional(string)
  })
  default = null

  validation {
    condition     = alltrue([for guardrails in var.guardrails[*] : can(regex("^[0-9]{12}$", guardrails.account_id))])
    error_message = "Write the id of the account as text, such as \"012345678901\": as a number it would lose zeros at its beginning."
  }

  validation {
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    condition     = alltrue([for guardrails in var.guardrails[*] : can(regex("^[A-Za-z0-9_+=,.@:/-]{2,}$", guardrails.external_id)) && length(guardrails.external_id) <= 1224])
    error_message = "An external id must have 2 to 1224 of A-Z, a-z, 0-9 and _+=,.@:/-."
  }

  validation {
    condition     = alltrue([for guardrails in var.guardrails[*] : can(regex("^[a-z][a-z0-9-]{0,11}$", guardrails.name)) && can(regex("^[A-Za-z0-9._-]{1,100}$", guardrails.repository)) && can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", coalesce(guardrails.region, "eu-central-1")))])
    error_message = "Write name, repository and region as the root guardrails has them."
  }
}

# The builds.

variable "programs" {
  description = "Path of the zip of the stage programs that npm run build writes."
  type        = string
  default     = "../../dist/stages.zip"

  validation {
    condition     = fileexists(var.programs)
    error_message = "There is no ${var.programs}: run npm ci && npm run build in the folder of the repository."
  }
}

variable "timeout_minutes" {
  description = "Time limits of the builds (minutes). An apply may take 36 hours (2160)."
  type = object({
    lint       = optional(number, 30)
    compliance = optional(number, 120)
    plan       = optional(number, 120)
    apply      = optional(number, 480)
  })
  default = {}
}

variable "build" {
  description = "What builds run in: the image, which is one of CodeBuild, or one in the repository of ECR image_repository_arn; the size and kind of the machine; and the VPC, whose subnets need a way to the internet."
  type = object({
    image                = optional(string, "aws/codebuild/amazonlinux-x86_64-standard:6.0")
    image_repository_arn = optional(string)
    compute_type         = optional(string, "BUILD_GENERAL1_SMALL")
    environment_type     = optional(string, "LINUX_CONTAINER")
    vpc = optional(object({
      vpc_id             = string
      subnet_ids         = set(string)
      security_group_ids = set(string)
    }))
  })
  default = {}

  validation {
    condition     = !startswith(var.build.environment_type, "ARM_") || var.build.image_repository_arn != null
    error_message = "Builds on ARM need an image of your own (image, image_repository_arn) with checkov in it: no checkov for arm64 is pinned in stages/tools.json."
  }
}

# The functions.

variable "pipeline_starter_package" {
  description = "Path of the zip of pipeline-starter that npm run build writes."
  type        = string
  default     = "../../dist/pipeline-starter.zip"
}

variable "release_recorder_package" {
  description = "Path of the zip of release-recorder that npm run build writes."
  type        = string
  default     = "../../dist/release-recorder.zip"
}

variable "lambda_runtime" {
  description = "Runtime of the functions. Before version 6.19 of the AWS provider, set lambda_runtime = \"nodejs22.x\"."
  type        = string
  default     = "nodejs24.x"
}

variable "memory_size" {
  description = "Memory of each function (MB)."
  type        = number
  default     = 1024
}

variable "log_retention_days" {
  description = "Days that CloudWatch Logs keeps the logs of functions and builds."
  type        = number
  default     = 365
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of all roles."
  type        = string
  default     = null
}

# People.

variable "subscribers" {
  description = "Endpoints, such as e-mail addresses, and what each gets. releases: whether it gets messages about releases; environments, teams and kinds: only those about them (null: all). alarms: whether it gets the alarms. Firehose needs a role that may write to the stream."
  type = map(object({
    protocol     = optional(string, "email")
    releases     = optional(bool, true)
    environments = optional(list(string))
    teams        = optional(list(string))
    kinds        = optional(list(string))
    alarms       = optional(bool, false)
    role_arn     = optional(string)
  }))
  default = {}

  validation {
    condition     = alltrue([for subscriber in values(var.subscribers) : length(setsubtract(coalesce(subscriber.environments, []), keys(var.environments))) == 0])
    error_message = "The environments of a subscriber must be in var.environments."
  }

  validation {
    condition     = alltrue([for subscriber in values(var.subscribers) : length(setsubtract(coalesce(subscriber.teams, []), flatten([for environment in values(var.environments) : keys(environment.targets)]))) == 0])
    error_message = "The teams of a subscriber must be in the targets of an environment."
  }
}
