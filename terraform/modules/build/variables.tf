variable "name" {
  description = "Name of the project, and the beginning of the names of its log group and report groups."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{1,99}$", var.name))
    error_message = "The name must have 2 to 100 of A-Z, a-z, 0-9, _ and -, and begin with a letter or a digit."
  }
}

variable "description" {
  description = "What the builds do, in one sentence."
  type        = string
}

variable "role_name" {
  description = "Name of the role of the builds. It is fixed, since other accounts trust the role by its name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.role_name))
    error_message = "The name of a role has 1 to 64 of A-Z, a-z, 0-9 and +=,.@_-."
  }
}

variable "buildspec" {
  description = "Text of the buildspec, such as file(\"buildspec.yml\"). The build has the report groups that it names."
  type        = string

  validation {
    condition     = can(yamldecode(var.buildspec).phases)
    error_message = "Write the text of a buildspec, not its path: YAML with phases."
  }
}

variable "environment" {
  description = "Environment variables of every build. They are no place for secrets: whoever may see the project reads them."
  type        = map(string)
  default     = {}
}

variable "policy" {
  description = "Policy document (JSON) that allows the AWS calls of the program. The module itself allows log, artifacts, cache, key and reports."
  type        = string
}

variable "artifact_bucket" {
  description = "Name of the bucket with the artifacts of the pipeline. The cache lies in it too, below cache/<name>/."
  type        = string
}

variable "input_artifacts" {
  description = "Names of the artifacts that builds get from the pipeline."
  type        = set(string)

  validation {
    condition     = length(var.input_artifacts) > 0
    error_message = "An action of CodeBuild has at least one input artifact."
  }

  validation {
    # CodePipeline shortens longer names.
    condition     = alltrue([for artifact in var.input_artifacts : can(regex("^[A-Za-z0-9_-]{1,10}$", artifact))])
    error_message = "The name of an artifact must have 1 to 10 of A-Z, a-z, 0-9, _ and -: CodePipeline shortens longer names in the bucket."
  }
}

variable "output_artifacts" {
  description = "Names of the artifacts that builds give to the pipeline."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for artifact in var.output_artifacts : can(regex("^[A-Za-z0-9_-]{1,10}$", artifact))])
    error_message = "The name of an artifact must have 1 to 10 of A-Z, a-z, 0-9, _ and -: CodePipeline shortens longer names in the bucket."
  }
}

variable "kms_key_arn" {
  description = "Key of log, artifacts and cache. Its policy must let CloudWatch Logs use it for the log group /aws/codebuild/<name>: see modules/key."
  type        = string
}

variable "timeout_minutes" {
  description = "Time limit of a build (minutes)."
  type        = number
  default     = 60

  validation {
    # https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html
    condition     = var.timeout_minutes >= 5 && var.timeout_minutes <= 2160 && floor(var.timeout_minutes) == var.timeout_minutes
    error_message = "A build takes 5 to 2160 minutes (36 hours)."
  }
}

variable "queued_timeout_minutes" {
  description = "Time that a build waits for a place before it fails (minutes)."
  type        = number
  default     = 480

  validation {
    condition     = var.queued_timeout_minutes >= 5 && var.queued_timeout_minutes <= 480 && floor(var.queued_timeout_minutes) == var.queued_timeout_minutes
    error_message = "A build waits for 5 to 480 minutes."
  }
}

variable "concurrent_build_limit" {
  description = "Builds of this project that may run at once. null: as many as the account allows."
  type        = number
  default     = null
}

variable "image" {
  description = "Image that builds run in: one of CodeBuild, or the URI of one in a repository of ECR, with its digest."
  type        = string
  default     = "aws/codebuild/amazonlinux-x86_64-standard:6.0"
}

variable "image_repository_arn" {
  description = "ARN of the repository of ECR with the image. null: the image is one of CodeBuild."
  type        = string
  default     = null
}

variable "compute_type" {
  description = "Size of the machine."
  type        = string
  default     = "BUILD_GENERAL1_SMALL"
}

variable "environment_type" {
  description = "Kind of the machine: LINUX_CONTAINER, or ARM_CONTAINER with an image for arm64."
  type        = string
  default     = "LINUX_CONTAINER"

  validation {
    # Lambda compute ends after 15 minutes and has no cache.
    condition     = contains(["LINUX_CONTAINER", "ARM_CONTAINER"], var.environment_type)
    error_message = "The kind of the machine must be LINUX_CONTAINER or ARM_CONTAINER."
  }
}

variable "vpc" {
  description = "VPC that builds run in. Its subnets need a way to the internet, or endpoints of all services that builds call. null: builds run outside of a VPC."
  type = object({
    vpc_id             = string
    subnet_ids         = set(string)
    security_group_ids = set(string)
  })
  default = null
}

variable "log_retention_days" {
  description = "Days that CloudWatch Logs keeps the log."
  type        = number
  default     = 365
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of the role."
  type        = string
  default     = null
}
