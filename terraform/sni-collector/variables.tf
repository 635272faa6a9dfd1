variable "region" {
  description = "Region of the alert logs."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", var.region))
    error_message = "Write a region such as eu-central-1."
  }
}

variable "name" {
  description = "Name of the function, and the beginning of the names of all resources. A second deployment in the same region needs another one."
  type        = string
  default     = "sni-collector"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,37}$", var.name))
    error_message = "The name must have 1 to 38 of a-z, 0-9 and -, and begin with a letter."
  }
}

variable "alert_log_groups" {
  description = "Names of the log groups with the alerts of Network Firewalls, such as the output alert_log_group_name of the root egress. A log group has room for two subscriptions, and this root takes one."
  type        = set(string)

  validation {
    condition     = length(var.alert_log_groups) > 0
    error_message = "Write at least one log group."
  }

  validation {
    # The resource policy of a function has at most 20 KB. Each log group takes a statement in it.
    # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    condition     = length(var.alert_log_groups) <= 40
    error_message = "Write at most 40 log groups: the policy of the function has no room for more. A second deployment with another name can read the others."
  }

  validation {
    # The name of an alarm has at most 255 characters.
    condition     = alltrue([for name in var.alert_log_groups : can(regex("^[A-Za-z0-9._/#-]{1,190}$", name))])
    error_message = "Write names of log groups such as /aws/network-firewall/egress/alert, not ARNs: 1 to 190 of A-Z, a-z, 0-9 and ._/#-."
  }
}

variable "deletion_protection" {
  description = "Protects the table of hostnames from deletion. Before you destroy, apply with false."
  type        = bool
  default     = true
}

variable "tags" {
  description = "Tags of all resources. They win over our tags Project and Root."
  type        = map(string)
  default     = {}
}

# The function.

variable "package" {
  description = "Path of the zip of sni-collector that npm run build writes."
  type        = string
  default     = "../../dist/sni-collector.zip"
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

variable "timeout" {
  description = "Time limit of an invocation (s)."
  type        = number
  default     = 60
}

variable "reserved_concurrency" {
  description = "Invocations that may run at once, reserved for the function. null: as many as the account has left."
  type        = number
  default     = null
}

variable "digest_minutes" {
  description = "Minutes between two digests. 0 sends one for every batch of alerts."
  type        = number
  default     = 5

  validation {
    condition     = var.digest_minutes >= 0 && var.digest_minutes <= 1440 && floor(var.digest_minutes) == var.digest_minutes
    error_message = "The minutes must be a whole number from 0 to 1440."
  }
}

variable "ttl_days" {
  description = "Days that a hostname is remembered after it was last seen. After that it counts as new again."
  type        = number
  default     = 30

  validation {
    condition     = var.ttl_days >= 1 && var.ttl_days <= 3650 && floor(var.ttl_days) == var.ttl_days
    error_message = "The days must be a whole number from 1 to 3650."
  }
}

variable "defang" {
  description = "Writes hostnames in e-mails as evil.example[.]com, so that nobody opens them by mistake."
  type        = bool
  default     = true
}

variable "max_payload_mib" {
  description = "Largest size of an unpacked batch of logs (MiB)."
  type        = number
  default     = 64

  validation {
    condition     = var.max_payload_mib >= 1 && var.max_payload_mib <= 256 && floor(var.max_payload_mib) == var.max_payload_mib
    error_message = "The size must be a whole number from 1 to 256."
  }
}

variable "subscribers" {
  description = "Endpoints, such as e-mail addresses, and what each gets. digests: all, blocked (only digests with a blocked hostname) or none. alarms: whether it gets the alarms. Firehose needs a role that may write to the stream."
  type = map(object({
    protocol = optional(string, "email")
    digests  = optional(string, "all")
    alarms   = optional(bool, false)
    role_arn = optional(string)
  }))
  default = {}

  validation {
    condition     = alltrue([for subscriber in values(var.subscribers) : contains(["all", "blocked", "none"], subscriber.digests)])
    error_message = "Digests must be all, blocked or none."
  }
}

variable "log_retention_days" {
  description = "Days that CloudWatch Logs keeps the log of the function."
  type        = number
  default     = 365
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of the role."
  type        = string
  default     = null
}

variable "role_path" {
  description = "Path of the role."
  type        = string
  default     = "/"
}
