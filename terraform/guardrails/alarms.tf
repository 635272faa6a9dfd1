# The modules have the alarms of function and topics; these are for checks, pushes and writes to main.

locals {
  alarms = {
    failed-check = {
      what       = "A check of guardrails failed: workloads do not comply, or could not be checked, or a guardrail failed its self-check. The message to the topic ${local.topics.guardrails} says which; without one, look at the pipeline ${local.pipeline}."
      impact     = "The guardrails on ${local.branches.source} are not active."
      namespace  = "AWS/CodePipeline"
      metric     = "FailedPipelineExecutions"
      dimensions = { PipelineName = local.pipeline }
    }
    bypassed = {
      what       = "Somebody else than guardrail-merger and the break-glass role wrote to ${local.branches.target}: the message to the topic ${local.topics.guardrails} says who. Attach the deny policy ${var.name}-guardrail-guard."
      impact     = "Guardrails are active that nobody tried."
      namespace  = "Palisade"
      metric     = "Bypassed"
      dimensions = { service = module.guardrail_merger.function_name }
    }
    start-undelivered = {
      what       = "EventBridge could not start ${local.pipeline}. The queue ${local.start_queue} keeps the event for 14 days, and the attribute ERROR_MESSAGE says why: remove the cause, then start the pipeline."
      impact     = "Guardrails were pushed that nobody tries."
      namespace  = "AWS/SQS"
      metric     = "NumberOfMessagesSent"
      dimensions = { QueueName = aws_sqs_queue.start.name }
    }
    start-lost = {
      what       = "EventBridge could neither start ${local.pipeline} nor put the event into the queue ${local.start_queue}: check the policies of the queue and of its key, then start the pipeline."
      impact     = "Guardrails were pushed that nobody tries."
      namespace  = "AWS/Events"
      metric     = "InvocationsFailedToBeSentToDlq"
      dimensions = { RuleName = aws_cloudwatch_event_rule.start.name }
    }
    no-daily-look = {
      what       = "Nothing has invoked guardrail-merger for two days, though the rule ${local.merger}-daily does so every day: check the rule, and the concurrency of the account."
      impact     = "Nobody hears of waivers that end."
      namespace  = "AWS/Lambda"
      metric     = "Invocations"
      dimensions = { FunctionName = module.guardrail_merger.function_name }
      comparison = "LessThanThreshold"
      threshold  = 1
      period     = 86400
      periods    = 2
      missing    = "breaching"
      ok_actions = [module.alarms.arn]
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for name, alarm in local.alarms : name => merge(
    { comparison = "GreaterThanThreshold", threshold = 0, period = 300, periods = 1, missing = "notBreaching", ok_actions = [] },
    alarm,
  ) }

  # The word guardrail keeps them apart from the alarms of other roots.
  alarm_name          = "${var.name}-guardrail-${each.key}"
  alarm_description   = "${each.value.what} Impact: ${each.value.impact}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = "Sum"
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  period              = each.value.period
  evaluation_periods  = each.value.periods
  treat_missing_data  = each.value.missing
  alarm_actions       = [module.alarms.arn]
  ok_actions          = each.value.ok_actions
}
