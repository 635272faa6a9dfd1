variable "region" {
  description = "Region of the repository and of the pipeline. Workloads may be in any region."
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

variable "workloads" {
  description = <<-EOT
    What new guardrails are tried on, by name. The root workload prints its own entry.
    repository: the URL to clone it by HTTPS. repository_role_arn: the role that pulls it. branch: its head is planned, unless the workload is released.
    path: of the root in the repository. var_files: in the repository; a later one wins.
    state: where its state is, and the role that reads it. plan_role_arn: the role that plans.
    external_id: of these roles. owner: an e-mail address, which gets the messages about this workload, or the name of a team.
    region: where it is deployed to; by default the region of its state.
    released: where the root release releases it, its ledger: the last applied commit is planned. external_id: of the role there, where it is another one.
  EOT
  type = map(object({
    repository          = string
    repository_role_arn = string
    branch              = optional(string, "main")
    path                = optional(string, ".")
    var_files           = optional(list(string), [])
    state = object({
      bucket   = string
      key      = string
      region   = string
      role_arn = string
    })
    plan_role_arn = string
    external_id   = string
    owner         = string
    region        = optional(string)
    released = optional(object({
      ledger_table = string
      region       = string
      role_arn     = string
      environment  = string
      team         = string
      scope        = string
      external_id  = optional(string)
    }))
  }))

  validation {
    # Actions in a stage. https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    condition     = length(var.workloads) >= 1 && length(var.workloads) <= 50
    error_message = "Write 1 to 50 workloads: CodePipeline runs at most 50 actions in a stage. A second deployment with another name and repository can try others."
  }

  # The rules of the values are those of shared/guardrail-configuration.ts.
  validation {
    condition     = alltrue([for name in keys(var.workloads) : can(regex("^[a-z][a-z0-9-]{0,31}$", name))])
    error_message = "The name of a workload must have 1 to 32 of a-z, 0-9 and -, and begin with a letter."
  }

  validation {
    condition     = alltrue([for workload in values(var.workloads) : can(regex("^https://git-codecommit(-fips)?(\\.[a-z0-9-]+){3,5}/v1/repos/[A-Za-z0-9._-]{1,100}$", workload.repository))])
    error_message = "Write the URL of a repository of CodeCommit to clone by HTTPS: https://git-codecommit.<region>.…/v1/repos/<name>."
  }

  validation {
    condition = alltrue(flatten([for workload in values(var.workloads) : [
      for arn in concat([workload.repository_role_arn, workload.state.role_arn, workload.plan_role_arn], workload.released[*].role_arn) : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]{1,512}$", arn))
    ]]))
    error_message = "Write roles as ARNs, with their paths and without wildcards."
  }

  validation {
    condition     = alltrue([for workload in values(var.workloads) : can(regex("^[A-Za-z0-9_][A-Za-z0-9._/-]{0,255}$", workload.branch))])
    error_message = "The name of a branch must have 1 to 256 of A-Z, a-z, 0-9 and ._/-, without refs/heads/."
  }

  validation {
    condition = alltrue(flatten([for workload in values(var.workloads) : [for path in concat([workload.path], workload.var_files) :
      path == "." || alltrue([for part in split("/", path) : can(regex("^[A-Za-z0-9_.@ -]+$", part)) && !contains([".", ".."], part)])
    ]]))
    error_message = "Write paths in the repository, such as regional or environments/dev.tfvars, without a / at the beginning and without . and .. in them."
  }

  validation {
    condition     = alltrue([for workload in values(var.workloads) : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", workload.state.bucket)) && can(regex("^[A-Za-z0-9_.-][A-Za-z0-9_./-]{0,1000}$", workload.state.key))])
    error_message = "Write the name of the bucket with the state, and the key of the state in it."
  }

  validation {
    condition = alltrue(flatten([for workload in values(var.workloads) : [
      for region in concat([workload.state.region], workload.region[*], workload.released[*].region) : can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", region))
    ]]))
    error_message = "Write regions such as eu-central-1."
  }

  validation {
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    condition = alltrue(flatten([for workload in values(var.workloads) : [
      for id in concat([workload.external_id], compact(workload.released[*].external_id)) : can(regex("^[A-Za-z0-9_+=,.@:/-]{2,}$", id)) && length(id) <= 1224
    ]]))
    error_message = "An external id must have 2 to 1224 of A-Z, a-z, 0-9 and _+=,.@:/-. Make it up, such as with uuidgen: it is no secret."
  }

  validation {
    condition     = alltrue([for workload in values(var.workloads) : can(regex("^[\\pL\\pN][\\pL\\pN .,:;@_+'()/&-]{0,199}$", workload.owner))])
    error_message = "The owner of a workload is an e-mail address or the name of a team: 1 to 200 letters, digits, spaces and .,:;@_+'()/&-."
  }

  validation {
    condition = alltrue([for released in flatten([for workload in values(var.workloads) : workload.released[*]]) :
      can(regex("^[A-Za-z0-9_.-]{3,255}$", released.ledger_table)) && can(regex("^[A-Za-z0-9-]{1,32}$", released.environment)) &&
      can(regex("^[a-z0-9-]{1,40}$", released.team)) && can(regex("^(global|[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2})$", released.scope))
    ])
    error_message = "Write released with the name of the ledger table, and environment, team and scope as in a tag: <environment>_<region or global>/<team>/<version>."
  }
}

variable "other_names" {
  description = "Values of the variable name in the roots workload and release of the workloads, where they differ from the name here: the names of their builds begin with it."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.other_names : can(regex("^[a-z][a-z0-9-]{0,11}$", name))])
    error_message = "A name must have 1 to 12 of a-z, 0-9 and -, and begin with a letter."
  }
}

variable "trust_policy_quota" {
  description = "Quota \"Role trust policy length\" of IAM in this account (characters). 2048 are enough for about 20 accounts."
  type        = number
  default     = 2048

  validation {
    condition     = var.trust_policy_quota >= 2048
    error_message = "The quota is at least 2048."
  }
}

variable "repository" {
  description = "Name of the CodeCommit repository with the guardrails. With adopt = true it is there already. Its branches are develop and main."
  type = object({
    name  = optional(string, "guardrails")
    adopt = optional(bool, false)
  })
  default = {}

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,100}$", var.repository.name))
    error_message = "The name of a repository must have 1 to 100 of A-Z, a-z, 0-9 and ._-."
  }
}

variable "on_divergence" {
  description = "What guardrail-merger does with a tested commit that lacks commits of main: refuse, or three-way, which makes a combination that nobody tried."
  type        = string
  default     = "refuse"

  validation {
    condition     = contains(["refuse", "three-way"], var.on_divergence)
    error_message = "Write refuse or three-way."
  }
}

# People who may get around the check.

variable "break_glass" {
  description = "Who may take the role that writes to main in an emergency: ARNs of roles and users. mfa: whether they have to sign in with MFA for it. Take false only for roles whose identity provider asks for it: their sessions do not say so."
  type = object({
    principals = list(string)
    mfa        = optional(bool, true)
  })

  validation {
    condition     = length(var.break_glass.principals) > 0 && alltrue([for arn in var.break_glass.principals : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "Write at least one role or user as ARN, with its path and without wildcards."
  }
}

variable "force_principals" {
  description = "ARNs of the roles and users who may force a merge. By default nobody may."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.force_principals : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "Write roles or users as ARNs, with their paths and without wildcards."
  }

  validation {
    # All settings of a function have at most 4 KB. The others take less than 2 KB.
    # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    condition     = length(jsonencode(var.force_principals)) <= 2000
    error_message = "The ARNs have more than 2000 characters as JSON: the settings of guardrail-merger have no room for more. Name a role that these people take."
  }
}

variable "version_deletion_role_arn" {
  description = "ARN of the only IAM role that may delete versions of artifacts and reports. By default nobody may."
  type        = string
  default     = null

  validation {
    condition     = var.version_deletion_role_arn == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", var.version_deletion_role_arn))
    error_message = "Write the ARN of an IAM role, with its path and without wildcards."
  }
}

variable "artifact_days" {
  description = "Days that results and caches are kept."
  type        = number
  default     = 90

  validation {
    condition     = var.artifact_days >= 1 && floor(var.artifact_days) == var.artifact_days
    error_message = "The days must be a whole number, at least 1."
  }
}

variable "report_days" {
  description = "Days that pages are kept. guardrail-merger remembers runs for 400 days."
  type        = number
  default     = 400

  validation {
    condition     = var.report_days >= 1 && floor(var.report_days) == var.report_days
    error_message = "The days must be a whole number, at least 1."
  }
}

variable "deletion_protection" {
  description = "Protects the table of guardrail-merger from deletion. Before you destroy, apply with false."
  type        = bool
  default     = true
}

variable "tags" {
  description = "Tags of all resources. They win over our tags Project and Root."
  type        = map(string)
  default     = {}
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
  description = "Time limits of the builds (minutes)."
  type = object({
    self_check = optional(number, 60)
    comply     = optional(number, 60)
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
}

# The function.

variable "guardrail_merger_package" {
  description = "Path of the zip of guardrail-merger that npm run build writes."
  type        = string
  default     = "../../dist/guardrail-merger.zip"
}

variable "lambda_runtime" {
  description = "Runtime of the function. Before version 6.19 of the AWS provider, set lambda_runtime = \"nodejs22.x\"."
  type        = string
  default     = "nodejs24.x"
}

variable "memory_size" {
  description = "Memory of the function (MB)."
  type        = number
  default     = 1024
}

variable "log_retention_days" {
  description = "Days that CloudWatch Logs keeps the logs of function and builds."
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
  description = <<-EOT
    Endpoints, such as e-mail addresses, and what each gets. Owners whose owner is an e-mail address need no entry: each gets the messages about its own workloads.
    messages: whether it gets messages about guardrails. workloads: null: those with all workloads, for the team; otherwise only what the owners of these get.
    kinds: only these kinds of messages. alarms: whether it gets the alarms. Firehose needs a role that may write to the stream.
  EOT
  type = map(object({
    protocol  = optional(string, "email")
    messages  = optional(bool, true)
    workloads = optional(list(string))
    kinds     = optional(list(string))
    alarms    = optional(bool, false)
    role_arn  = optional(string)
  }))
  default = {}

  validation {
    condition     = alltrue([for subscriber in values(var.subscribers) : length(setsubtract(coalesce(subscriber.workloads, []), keys(var.workloads))) == 0])
    error_message = "The workloads of a subscriber must be in var.workloads."
  }

  validation {
    # https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
    condition     = alltrue([for subscriber in values(var.subscribers) : max(1, length(coalesce(subscriber.workloads, []))) * max(1, length(coalesce(subscriber.kinds, []))) <= 150])
    error_message = "A filter of SNS has at most 150 combinations of workloads and kinds: write fewer."
  }
}
