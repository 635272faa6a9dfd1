variable "region" {
  description = "Region of the repository, of the pipeline and of the workload."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", var.region))
    error_message = "Write a region such as eu-central-1."
  }
}

variable "name" {
  description = "Beginning of the names of all resources. Other accounts know the roles by it."
  type        = string
  default     = "palisade"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,11}$", var.name))
    error_message = "The name must have 1 to 12 of a-z, 0-9 and -, and begin with a letter."
  }
}

variable "workload" {
  description = "Name of the workload: a root of a repository with its state. Roles, buckets and the pipeline have it in their names, so it is no environment of the root release in this account."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.workload))
    error_message = "The name of a workload must have 1 to 32 of a-z, 0-9 and -, and begin with a letter."
  }

  validation {
    # The account id has 12 digits.
    condition     = length("${var.name}-artifacts-${var.workload}--${var.region}") + 12 <= 63
    error_message = "The name of the workload is too long for the name of a bucket, <name>-artifacts-<workload>-<account>-<region>, which has at most 63 characters: shorten it, or var.name."
  }
}

variable "repository" {
  description = "Name of the CodeCommit repository (by default the name of the workload), and the branch that is applied. With adopt = true the repository is there already."
  type = object({
    name   = optional(string)
    branch = optional(string, "main")
    adopt  = optional(bool, false)
  })
  default = {}

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,100}$", coalesce(var.repository.name, var.workload)))
    error_message = "The name of a repository must have 1 to 100 of A-Z, a-z, 0-9 and ._-."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9._/-]{1,256}$", var.repository.branch))
    error_message = "The name of a branch must have 1 to 256 of A-Z, a-z, 0-9 and ._/-."
  }
}

variable "path" {
  description = "Folder of the Terraform root in the repository; . is its top. It may hold allow-destroy.txt and scan-waivers.json."
  type        = string
  default     = "."

  validation {
    # As shared/setting-formats.ts has it.
    condition     = can(regex("^(\\.|[A-Za-z0-9_@ -][A-Za-z0-9_.@ -]*(/[A-Za-z0-9_@ -][A-Za-z0-9_.@ -]*)*)$", var.path))
    error_message = "Write a folder such as infrastructure/network, without . and .. in it, or . for the top."
  }
}

variable "variable_files" {
  description = "Files of the repository with values of variables, such as live.tfvars; a later one wins. The variable region always has the region of the workload."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for file in var.variable_files : can(regex("^[A-Za-z0-9_@ -][A-Za-z0-9_.@ -]*(/[A-Za-z0-9_@ -][A-Za-z0-9_.@ -]*)*$", file))])
    error_message = "Write paths in the repository, without . and .. in them."
  }
}

variable "guardrails" {
  description = <<-EOT
    The root guardrails: the account, and the external id that both sides ask for (make it up, such as with uuidgen: it is no secret).
    name: its variable name. repository: the one with the guardrails; region: where it is, by default here.
  EOT
  type = object({
    account_id  = string
    external_id = string
    name        = optional(string, "palisade")
    repository  = optional(string, "guardrails")
    region      = optional(string)
  })

  validation {
    condition     = can(regex("^[0-9]{12}$", var.guardrails.account_id))
    error_message = "Write the id of the account as text, such as \"012345678901\": as a number it would lose zeros at its beginning."
  }

  validation {
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    condition     = can(regex("^[A-Za-z0-9_+=,.@:/-]{2,}$", var.guardrails.external_id)) && length(var.guardrails.external_id) <= 1224
    error_message = "An external id must have 2 to 1224 of A-Z, a-z, 0-9 and _+=,.@:/-."
  }

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,11}$", var.guardrails.name)) && can(regex("^[A-Za-z0-9._-]{1,100}$", var.guardrails.repository)) && can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", coalesce(var.guardrails.region, var.region)))
    error_message = "Write name, repository and region as the root guardrails has them."
  }
}

variable "adopted_state" {
  description = "The state that is there already: its bucket, key and region, and the key of KMS that encrypts it. null: this root makes a bucket."
  type = object({
    bucket      = string
    key         = string
    region      = string
    kms_key_arn = string
  })
  default = null

  validation {
    condition     = alltrue([for state in var.adopted_state[*] : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", state.bucket)) && can(regex("^[A-Za-z0-9_.-][A-Za-z0-9_./-]{0,999}$", state.key)) && can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", state.region)) && can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", state.kms_key_arn))])
    error_message = "Write the name of the bucket, the key of the state, its region, and the ARN of its KMS key."
  }
}

variable "secrets" {
  description = "ARNs of secrets of Secrets Manager or of parameters, by the Terraform variable that takes the value. Trials of guardrails do not get them: a variable with a secret needs a default value there."
  type        = map(string)
  default     = {}

  validation {
    condition = alltrue([for variable, arn in var.secrets :
      can(regex("^[A-Za-z_][A-Za-z0-9_-]{0,99}$", variable)) && can(regex("^arn:[a-z-]+:(secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+|ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9_./-]+)$", arn))
    ])
    error_message = "Write secrets as { name_of_the_variable = \"ARN of a secret of Secrets Manager or of a parameter\" }, never their values."
  }
}

# Who approves, and what the roles may do.

variable "approval" {
  description = "Whether people approve each plan."
  type        = bool
  default     = true
}

variable "approvers" {
  description = "ARNs of the roles or users who may take the role that approves."
  type        = list(string)
  default     = []

  validation {
    condition     = var.approval == (length(var.approvers) > 0)
    error_message = "Write approvers where approval is on, and only there: an approval that nobody may give would wait until it expires."
  }

  validation {
    condition     = alltrue([for approver in var.approvers : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/[A-Za-z0-9+=,.@_/-]+$", approver))])
    error_message = "Write approvers as ARNs of roles or users, with their paths and without wildcards."
  }
}

variable "approval_days" {
  description = "Days that a plan waits for its approval. Later pushes wait behind it."
  type        = number
  default     = 2

  validation {
    # CodePipeline takes 5 to 86,400 minutes; people need a day. https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    condition     = var.approval_days >= 1 && var.approval_days <= 60 && floor(var.approval_days * 1440) == var.approval_days * 1440
    error_message = "An approval waits 1 to 60 days, in whole minutes: 1.5 are 36 hours."
  }
}

variable "apply_policy_arns" {
  description = "Policies of the role that applies: what the workload may change."
  type        = set(string)

  validation {
    condition     = length(var.apply_policy_arns) > 0 && alltrue([for arn in var.apply_policy_arns : can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "Write at least one policy, as an ARN, also of AWS: without one, the role could change nothing."
  }
}

variable "plan_policy_arns" {
  description = "Policies of the role that plans, which the security account takes too. null: ReadOnlyAccess of AWS, less denied_to_plan."
  type        = set(string)
  default     = null

  validation {
    condition     = alltrue([for arn in coalesce(var.plan_policy_arns, []) : can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "Write policies as ARNs, also those of AWS."
  }
}

variable "apply_permissions_boundary_arn" {
  description = "Permissions boundary of the role that applies."
  type        = string
  default     = null
}

variable "denied_to_plan" {
  description = "Actions that plans may not do although their policies allow them: they read data, not configuration. Take one out where a plan has to do it, such as s3:GetObject for aws_s3_object."
  type        = set(string)
  default = [
    "athena:GetQueryResults", "codecommit:GitPull", "cognito-idp:ListUsers", "dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:GetRecords",
    "dynamodb:PartiQLSelect", "dynamodb:Query", "dynamodb:Scan", "ec2:GetConsoleOutput", "ec2:GetConsoleScreenshot", "ec2:GetPasswordData",
    "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "kinesis:GetRecords", "kms:Decrypt", "logs:FilterLogEvents", "logs:GetLogEvents",
    "logs:GetQueryResults", "logs:StartQuery", "rds:DownloadCompleteDBLogFile", "rds:DownloadDBLogFilePortion", "s3:GetObject",
    "s3:GetObjectVersion", "secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue", "sqs:ReceiveMessage",
  ]

  validation {
    condition     = length(var.denied_to_plan) > 0 && alltrue([for action in var.denied_to_plan : can(regex("^[a-z0-9-]+:[A-Za-z0-9*]+$", action))])
    error_message = "Write at least one action, such as secretsmanager:GetSecretValue."
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
    condition     = floor(var.artifact_days) == var.artifact_days && var.artifact_days > var.approval_days
    error_message = "The days must be a whole number, larger than approval_days: a plan must not expire while it waits for its approval."
  }
}

variable "tags" {
  description = "Tags of all resources. They win over our tags Project and Root."
  type        = map(string)
  default     = {}
}

# What a plan may not do.

variable "protected_types" {
  description = "Types of resources that a plan destroys or replaces only where allow-destroy.txt in the folder of the root names the address: they hold data, or others cannot be without them."
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
  description = "Severities of trivy that stop a plan."
  type        = list(string)
  default     = ["HIGH", "CRITICAL"]

  validation {
    condition     = length(setsubtract(var.trivy_severities, ["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"])) == 0
    error_message = "A severity must be CRITICAL, HIGH, MEDIUM, LOW or UNKNOWN."
  }
}

variable "checkov_checks" {
  description = "Checks of checkov that stop a plan. checkov has severities only with a key of its vendor, so the list names checks: what is open to the internet, not encrypted, or may do everything."
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
  description = "Plans twice, and refuses a plan that differs from itself, as plantimestamp() makes it: Apply would refuse it after the approval. The pipeline takes longer."
  type        = bool
  default     = false
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
    error_message = "Builds on ARM need an image of your own (image, image_repository_arn) with checkov and terraform-compliance in it."
  }
}

variable "log_retention_days" {
  description = "Days that CloudWatch Logs keeps the logs of builds."
  type        = number
  default     = 365
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of all roles but the one that applies."
  type        = string
  default     = null
}

# People.

variable "subscribers" {
  description = "Endpoints, such as e-mail addresses, and what each gets. releases: approvals that wait, failures, and how executions ended; alarms: the alarms. Firehose needs a role that may write to the stream."
  type = map(object({
    protocol = optional(string, "email")
    releases = optional(bool, true)
    alarms   = optional(bool, false)
    role_arn = optional(string)
  }))
  default = {}
}

variable "alarm" {
  description = "Whether a failed execution sets off an alarm."
  type        = bool
  default     = true
}
