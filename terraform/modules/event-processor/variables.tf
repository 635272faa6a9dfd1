variable "name" {
  description = "Name of the function, and the beginning of the names of its resources."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,37}$", var.name))
    error_message = "The name must have 1 to 38 of a-z, 0-9 and -, and begin with a letter: with the region, the name of the role has at most 64 characters."
  }
}

variable "description" {
  description = "What the function does, in one sentence."
  type        = string
}

variable "package" {
  description = "Path of the zip that npm run build writes."
  type        = string

  validation {
    condition     = fileexists(var.package)
    error_message = "There is no ${var.package}: run npm ci && npm run build in the folder of the repository."
  }
}

variable "environment" {
  description = "Settings of the function: the environment variables in its settings.ts."
  type        = map(string)
}

variable "policy" {
  description = "Policy document (JSON) that allows the AWS calls of the function. The module itself allows logs, traces, the failure queue and the key."
  type        = string
}

variable "impact" {
  description = "Consequence for people when the function fails. Each alarm ends with it."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of the root. Its policy must let CloudWatch Logs use it for the log group /aws/lambda/<name>, and with triggers EventBridge for the queue <name>-undelivered: see modules/key."
  type        = string
}

variable "alarm_topic_arn" {
  description = "SNS topic of the alarms, such as one of modules/topic."
  type        = string
}

variable "triggers" {
  description = "What wakes the function, by name: events that match event_pattern, or a schedule such as rate(1 minute). input replaces the event. EventBridge tries for maximum_event_age_in_seconds and maximum_retry_attempts to hand an event over, then puts it into the queue <name>-undelivered."
  type = map(object({
    event_pattern                = optional(string)
    schedule                     = optional(string)
    input                        = optional(string)
    maximum_event_age_in_seconds = optional(number, 86400)
    maximum_retry_attempts       = optional(number, 185)
  }))
  default = {}

  validation {
    # A rule has a name of at most 64 characters.
    condition     = alltrue([for name in keys(var.triggers) : can(regex("^[a-z][a-z0-9-]{0,24}$", name))])
    error_message = "The name of a trigger must have 1 to 25 of a-z, 0-9 and -, and begin with a letter."
  }

  validation {
    condition     = alltrue([for trigger in values(var.triggers) : length(compact([trigger.event_pattern, trigger.schedule])) == 1])
    error_message = "A trigger must have either event_pattern or schedule."
  }

  validation {
    condition     = alltrue([for trigger in values(var.triggers) : alltrue([for text in compact([trigger.event_pattern, trigger.input]) : can(jsondecode(text))])])
    error_message = "Write event_pattern and input as JSON text, such as file(\"event-pattern.json\")."
  }

  validation {
    condition     = alltrue([for trigger in values(var.triggers) : alltrue([for schedule in compact([trigger.schedule]) : can(regex("^(rate|cron)\\(.+\\)$", schedule))])])
    error_message = "Write a schedule such as rate(1 minute) or cron(0 8 * * ? *)."
  }

  validation {
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html
    condition     = alltrue([for trigger in values(var.triggers) : trigger.maximum_event_age_in_seconds >= 60 && trigger.maximum_event_age_in_seconds <= 86400 && trigger.maximum_retry_attempts >= 0 && trigger.maximum_retry_attempts <= 185])
    error_message = "EventBridge tries for 60 to 86400 s, and 0 to 185 times."
  }
}

variable "lambda_runtime" {
  description = "Runtime of the function. Before version 6.19 of the AWS provider, set lambda_runtime = \"nodejs22.x\"."
  type        = string
  default     = "nodejs24.x"

  validation {
    condition     = contains(["nodejs22.x", "nodejs24.x"], var.lambda_runtime)
    error_message = "The runtime must be nodejs22.x or nodejs24.x: the code is tested on these two."
  }
}

variable "memory_size" {
  description = "Memory of the function (MB)."
  type        = number
  default     = 1024

  validation {
    condition     = var.memory_size >= 256 && var.memory_size <= 10240
    error_message = "The memory must be 256 to 10240 MB: with less, a cold start takes seconds."
  }
}

variable "timeout" {
  description = "Time limit of an invocation (s)."
  type        = number
  default     = 60

  validation {
    condition     = var.timeout >= 30 && var.timeout <= 900
    error_message = "The timeout must be 30 to 900 s: one AWS call, with its retries, can take 24 s."
  }
}

variable "reserved_concurrency" {
  description = "Invocations that may run at once, reserved for this function. null: as many as the account has left."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null || try(var.reserved_concurrency >= 1, false)
    error_message = "The reserved concurrency must be at least 1, or null: with 0, the function never runs and every event goes to the failure queue."
  }
}

variable "log_retention_days" {
  description = "Days that CloudWatch Logs keeps the log."
  type        = number
  default     = 365

  validation {
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "CloudWatch Logs keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days: write one of these."
  }
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

  validation {
    condition     = can(regex("^/([A-Za-z0-9_+=,.@-]+/)*$", var.role_path))
    error_message = "The path must begin and end with a slash, such as /palisade/."
  }
}
