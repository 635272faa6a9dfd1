# What people get by e-mail: an approval that waits (CodePipeline sends it), an action that failed, and how an execution ended. AWS
# sends these events at its best effort; the alarm about failures counts a metric.

locals {
  topics = { releases = local.full_name, alarms = "${local.full_name}-alarms" }

  results = "aws s3 cp s3://${aws_s3_bucket.artifacts.bucket}/results/${local.full_name}/<execution>/<action>.json -"
  messages = {
    failed = {
      detail_type = "CodePipeline Action Execution State Change"
      states      = ["ABANDONED", "FAILED"]
      paths = {
        action    = "$.detail.action"
        state     = "$.detail.state"
        execution = "$.detail.execution-id"
        log       = "$.detail.execution-result.external-execution-url"
      }
      lines = [
        "${var.workload}: the action <action> of the pipeline ${local.full_name} is <state>. Nothing more runs in this execution.",
        "",
        "  Execution  <execution>",
        "",
        "WHAT TO DO NEXT",
        "",
        "Read why, and what to do:",
        "  ${local.results}",
        "An approval that was rejected or expired leaves no such result. Start the pipeline again, or push to ${local.repository.branch}.",
        "",
        "LINKS",
        "",
        "  Log",
        "    <log>",
      ]
    }
    ended = {
      detail_type = "CodePipeline Pipeline Execution State Change"
      states      = ["STOPPED", "SUCCEEDED"]
      paths       = { state = "$.detail.state", execution = "$.detail.execution-id" }
      lines = [
        "${var.workload}: an execution of the pipeline ${local.full_name} is <state>.",
        "",
        "  Execution  <execution>",
        "",
        "WHAT TO DO NEXT",
        "",
        "Nothing where it has succeeded. Read what changed, or that nothing did:",
        "  ${replace(local.results, "<action>", "Plan")}",
      ]
    }
  }
}

module "releases" {
  source = "../modules/topic"

  name                = local.topics.releases
  kms_key_arn         = module.key.arn
  alarm_topic_arn     = module.alarms.arn
  publishing_services = ["events"]

  subscribers = { for endpoint, subscriber in var.subscribers : endpoint => { protocol = subscriber.protocol, role_arn = subscriber.role_arn } if subscriber.releases }
}

module "alarms" {
  source = "../modules/topic"

  name                = local.topics.alarms
  kms_key_arn         = module.key.arn
  publishing_services = ["cloudwatch"]

  subscribers = { for endpoint, subscriber in var.subscribers : endpoint => { protocol = subscriber.protocol, role_arn = subscriber.role_arn } if subscriber.alarms }
}

check "alarms_have_a_subscriber" {
  assert {
    condition     = anytrue(values(var.subscribers)[*].alarms)
    error_message = "Nobody gets the alarms: write subscribers with alarms, such as { \"oncall@example.com\" = { alarms = true } }."
  }
}

check "releases_have_a_subscriber" {
  assert {
    condition     = anytrue(values(var.subscribers)[*].releases)
    error_message = "Nobody hears of approvals and failures: write subscribers, such as { \"team@example.com\" = {} }."
  }
}

resource "aws_cloudwatch_event_rule" "message" {
  for_each = local.messages

  name        = local.rules[each.key]
  description = "E-mails what happened in ${local.full_name}."
  event_pattern = jsonencode({
    source      = ["aws.codepipeline"]
    detail-type = [each.value.detail_type]
    account     = [local.account]
    resources   = [local.pipeline_arn]
    detail      = { state = each.value.states }
  })
}

resource "aws_cloudwatch_event_target" "message" {
  for_each = local.messages

  rule = aws_cloudwatch_event_rule.message[each.key].name
  arn  = module.releases.arn

  input_transformer {
    input_paths = each.value.paths
    # One string for each line. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    input_template = join("\n", [for line in each.value.lines : "\"${line}\""])
  }

  dead_letter_config {
    arn = aws_sqs_queue.undelivered.arn
  }

  # Without it, the first events would be lost.
  depends_on = [aws_sqs_queue_policy.undelivered]
}
