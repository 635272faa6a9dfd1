# The key of the root: of its states, plans, logs, messages and queue.

module "key" {
  source = "../modules/key"

  name       = local.full_name
  log_groups = [for action in local.actions : "/aws/codebuild/${local.full_name}-${action}"]
  topics     = { cloudwatch = [local.topics.alarms], events = [local.topics.releases] }
  queues     = { events = ["${local.full_name}-undelivered"] }
}

locals {
  actions = ["lint", "compliance", "plan", "apply"]
}
