variable "region" {
  description = "Region of the bucket."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", var.region))
    error_message = "Write a region such as eu-central-1."
  }
}

variable "prefix" {
  description = "Beginning of the name of the bucket. Account and region follow."
  type        = string
  default     = "terraform-state"

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,32}$", var.prefix))
    error_message = "The prefix must have 2 to 33 of a-z, 0-9 and -, and not begin with -: with account and region, the name of the bucket has at most 63 characters."
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

variable "version_deletion_role_arn" {
  description = "ARN of the only IAM role that may delete versions of states and locks. By default nobody may."
  type        = string
  default     = null

  validation {
    condition     = var.version_deletion_role_arn == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", var.version_deletion_role_arn))
    error_message = "Write the ARN of an IAM role, with its path and without wildcards."
  }
}
