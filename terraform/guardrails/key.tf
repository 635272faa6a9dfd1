# One key for all that this root keeps.

module "key" {
  source = "../modules/key"

  name       = "${var.name}-guardrails"
  log_groups = concat(["/aws/lambda/${local.merger}"], [for name in values(local.projects) : "/aws/codebuild/${name}"])
  topics     = { cloudwatch = [local.topics.alarms] }
  queues     = { events = ["${local.merger}-undelivered", local.start_queue] }
}

locals {
  merger      = "${var.name}-guardrail-merger"
  projects    = { self_check = "${var.name}-self-check", comply = "${var.name}-compliance" }
  start_queue = "${var.name}-guardrail-start-undelivered"
}
