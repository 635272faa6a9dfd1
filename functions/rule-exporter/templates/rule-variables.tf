variable "rule_name" {
  description = "Name of the rule."
  type        = string
}

variable "rule" {
  description = "The rule, as it was exported."
  type = object({
    kind              = string
    organization      = optional(bool, false)
    description       = string
    input_parameters  = optional(string)
    resource_types    = optional(list(string), [])
    triggers          = optional(list(string), [])
    frequency         = optional(string)
    evaluation_modes  = optional(list(string), [])
    excluded_accounts = optional(list(string), [])
    tags              = optional(map(string), {})
    identifier        = optional(string)
    policy            = optional(object({ runtime = string, text = string }))
    function = optional(object({
      name               = string
      runtime            = string
      handler            = string
      timeout            = optional(number, 60)
      memory_size        = optional(number, 256)
      rdklib             = optional(bool, false)
      layers             = optional(list(string), [])
      subnet_ids         = optional(list(string), [])
      security_group_ids = optional(list(string), [])
      role_arn           = optional(string)
      role_name          = optional(string)
      assume_role        = optional(bool, false)
      code               = object({ file = optional(string), key = optional(string), sha256 = string })
    }))
    remediation = optional(object({
      target_id                            = string
      target_version                       = optional(string)
      resource_type                        = optional(string)
      automatic                            = optional(bool, false)
      maximum_automatic_attempts           = optional(number)
      retry_attempt_seconds                = optional(number)
      concurrent_execution_rate_percentage = optional(number)
      error_percentage                     = optional(number)
      parameters                           = optional(map(object({ resource_value = optional(string), static_values = optional(list(string), []) })), {})
      document                             = optional(object({ name = string, content = string, actions = optional(list(string), []) }))
    }))
  })
}

locals {
  rules = { (var.rule_name) = var.rule }
}
