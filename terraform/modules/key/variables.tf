variable "name" {
  description = "Name of the root: the alias of the key."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,63}$", var.name))
    error_message = "The name must have 1 to 64 of a-z, 0-9 and -, and begin with a letter."
  }
}

variable "log_groups" {
  description = "Names of the log groups of the root, which CloudWatch Logs encrypts."
  type        = set(string)
  default     = []
}

variable "topics" {
  description = "Names of the topics of the root, by the AWS service that publishes to them, such as { cloudwatch = [\"egress-alarms\"] }."
  type        = map(set(string))
  default     = {}
}

variable "queues" {
  description = "Names of the queues of the root, by the AWS service that sends to them, such as { events = [\"sni-collector-undelivered\"] }."
  type        = map(set(string))
  default     = {}
}
