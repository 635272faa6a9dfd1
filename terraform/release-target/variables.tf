variable "region" {
  description = "Region that Terraform calls. Roles are the same in all regions."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", var.region))
    error_message = "Write a region such as eu-central-1."
  }
}

variable "name" {
  description = "The variable name of the root release: the beginning of the names of all roles."
  type        = string
  default     = "palisade"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,11}$", var.name))
    error_message = "The name must have 1 to 12 of a-z, 0-9 and -, and begin with a letter."
  }
}

variable "tooling_account_id" {
  description = "Account with the root release."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.tooling_account_id))
    error_message = "Write the id of the account as text, such as \"012345678901\": as a number it would lose zeros at its beginning."
  }
}

variable "environments" {
  description = <<-EOT
    The environments whose releases come into this account; mostly one.
    external_ids: those in the targets of the root release, one for each team. apply_policy_arns: what a release may change.
    plan_policy_arns: what a plan may read. permissions_boundary_arn: the boundary of the role that applies.
  EOT
  type = map(object({
    external_ids             = set(string)
    apply_policy_arns        = set(string)
    plan_policy_arns         = optional(set(string))
    permissions_boundary_arn = optional(string)
  }))

  validation {
    condition     = length(var.environments) > 0 && alltrue([for environment in keys(var.environments) : can(regex("^[A-Za-z0-9-]{1,32}$", environment))])
    error_message = "Write at least one environment. Its name must have 1 to 32 of A-Z, a-z, 0-9 and -."
  }

  validation {
    condition     = alltrue([for environment in values(var.environments) : length(environment.external_ids) > 0 && alltrue([for id in environment.external_ids : can(regex("^[A-Za-z0-9_+=,.@:/-]{2,}$", id)) && length(id) <= 1224])])
    error_message = "Write the external ids of the root release: each has 2 to 1224 of A-Z, a-z, 0-9 and _+=,.@:/-."
  }

  validation {
    condition     = alltrue([for environment in values(var.environments) : length(environment.apply_policy_arns) > 0])
    error_message = "Write the policies of the role that applies: without one, it could change nothing."
  }

  validation {
    condition     = alltrue([for environment in values(var.environments) : alltrue([for arn in concat(tolist(environment.apply_policy_arns), tolist(coalesce(environment.plan_policy_arns, []))) : can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/[A-Za-z0-9+=,.@_/-]+$", arn))])])
    error_message = "Write policies as ARNs, also the policies of AWS."
  }
}

variable "guardrails" {
  description = "The root guardrails, whose trial of new guardrails takes the plan roles: its account, its external id, and its variable name. null: no trial does."
  type = object({
    account_id  = string
    external_id = string
    name        = optional(string, "palisade")
  })
  default = null

  validation {
    condition     = alltrue([for guardrails in var.guardrails[*] : can(regex("^[0-9]{12}$", guardrails.account_id))])
    error_message = "Write the id of the account as text, such as \"012345678901\": as a number it would lose zeros at its beginning."
  }

  validation {
    condition     = alltrue([for guardrails in var.guardrails[*] : can(regex("^[A-Za-z0-9_+=,.@:/-]{2,}$", guardrails.external_id)) && length(guardrails.external_id) <= 1224 && can(regex("^[a-z][a-z0-9-]{0,11}$", guardrails.name))])
    error_message = "Write the external id and the name of the root guardrails."
  }
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

variable "tags" {
  description = "Tags of all resources. They win over our tags Project and Root."
  type        = map(string)
  default     = {}
}
