# The key of the root, for messages, tables and functions, and one for each environment, for its states, plans and logs.

module "key" {
  source = "../modules/key"

  name       = var.name
  log_groups = [for name in values(local.functions) : "/aws/lambda/${name}"]
  topics     = { cloudwatch = [local.topics.alarms] }
  queues     = { events = [for name in values(local.functions) : "${name}-undelivered"] }
}

module "environment_key" {
  source   = "../modules/key"
  for_each = var.environments

  name       = "${var.name}-${lower(each.key)}"
  log_groups = [for action in local.actions : "/aws/codebuild/${var.name}-${each.key}-${action}"]
}

locals {
  functions = { starter = "${var.name}-pipeline-starter", recorder = "${var.name}-release-recorder" }
  actions   = concat(["lint", "plan", "apply"], [for guardrails in var.guardrails[*] : "compliance"])
}
