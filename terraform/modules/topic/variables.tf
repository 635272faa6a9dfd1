variable "name" {
  description = "Name of the topic."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,127}$", var.name))
    error_message = "The name must have 1 to 128 of a-z, 0-9 and -, and begin with a letter."
  }
}

variable "kms_key_arn" {
  description = "Key of the root. Its policy must let the publishing services use it for this topic: see the variable topics of modules/key."
  type        = string
}

variable "publishing_services" {
  description = "AWS services that publish for resources of this account, such as cloudwatch for its alarms. Roles of the account publish by their own policies."
  type        = set(string)
  default     = []
}

variable "subscribers" {
  description = "Endpoints, such as e-mail addresses, with their protocol, and with the message attributes that they want: filter maps the name of an attribute to the wanted values, and null takes every message. Firehose needs a role that may write to the stream."
  type = map(object({
    protocol = optional(string, "email")
    filter   = optional(map(list(string)))
    role_arn = optional(string)
  }))
  default = {}

  validation {
    condition     = alltrue([for endpoint, subscriber in var.subscribers : subscriber.protocol != "email" || can(regex("^[^@\\s\"<>]+@([A-Za-z0-9-]+\\.)+[A-Za-z]{2,}$", endpoint))])
    error_message = "Write e-mail addresses such as team@example.com, or set the protocol."
  }

  validation {
    # https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
    condition     = alltrue([for subscriber in values(var.subscribers) : contains(["application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"], subscriber.protocol)])
    error_message = "A protocol must be application, email, email-json, firehose, http, https, lambda, sms or sqs."
  }

  validation {
    condition     = alltrue([for subscriber in values(var.subscribers) : (subscriber.protocol == "firehose") == (subscriber.role_arn != null)])
    error_message = "Write role_arn together with the protocol firehose, and only then."
  }
}

variable "alarm_topic_arn" {
  description = "SNS topic of the alarm about failed notifications. null: this topic itself, whose other subscribers hear of it."
  type        = string
  default     = null
}
