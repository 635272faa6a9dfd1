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


variable "auditor_account_id" {
  description = "Account whose auditors read the configuration of this one."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.auditor_account_id))
    error_message = "Write the id of the account as text, such as \"012345678901\": as a number it would lose zeros at its beginning."
  }
}
