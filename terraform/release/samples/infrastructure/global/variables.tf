variable "region" {
  description = "Region of the release. The pipeline sets it."
  type        = string
}

variable "environment" {
  description = "Environment of the release. The pipeline sets it."
  type        = string
}

variable "team" {
  description = "Team of the release. The pipeline sets it."
  type        = string
}

variable "auditor_arn" {
  description = "ARN of the role in another account whose sessions read the configuration of this one."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", var.auditor_arn))
    error_message = "Write the ARN of a role, which ends with iam::012345678901:role/auditors, say."
  }
}
