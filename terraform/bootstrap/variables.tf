variable "region" {
  description = "Region that the state is kept in."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", var.region))
    error_message = "Write a region such as eu-central-1."
  }
}

variable "prefix" {
  description = "Beginning of the name of the bucket; account and region follow."
  type        = string
  default     = "terraform-state"

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,32}$", var.prefix))
    error_message = "The prefix must have 2 to 33 of a-z, 0-9 and -, and not begin with -: with account and region it is the name of a bucket (63 characters)."
  }
}

variable "old_versions_days" {
  description = "Days for which a state can be brought back after it was replaced. The newest 20 old versions stay for good."
  type        = number
  default     = 90

  validation {
    condition     = var.old_versions_days >= 1 && floor(var.old_versions_days) == var.old_versions_days
    error_message = "The days must be a whole number from 1 on."
  }
}
