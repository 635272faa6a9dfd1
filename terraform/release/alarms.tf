# The modules have the alarms of functions and topics; these are for releases.

locals {
  alarms = merge(
    {
      refused-starts = {
        what       = "pipeline-starter refused tags or requests: its message to the topic ${local.topics.releases} says why."
        impact     = "A release that somebody asked for does not happen."
        namespace  = "Palisade"
        metric     = "Refused"
        dimensions = { service = module.pipeline_starter.function_name }
      }
      no-reconciliation = {
        what       = "Nothing has invoked release-recorder for two hours, though the rule ${local.functions.recorder}-hourly does so every hour: check the rule, and the concurrency of the account."
        impact     = "Nobody hears of a release whose event was lost."
        namespace  = "AWS/Lambda"
        metric     = "Invocations"
        dimensions = { FunctionName = module.release_recorder.function_name }
        comparison = "LessThanThreshold"
        threshold  = 1
        period     = 7200
        missing    = "breaching"
        ok_actions = [module.alarms.arn]
      }
    },
    { for name, environment in var.environments : "failed-release-${name}" => {
      what       = "A release to ${name} failed, was refused or rejected, or its approval expired: the message to the topic ${local.topics.releases} says which, at which stage, why, and what was made."
      impact     = "The release is not there; if Apply failed, a part of it may be."
      namespace  = "AWS/CodePipeline"
      metric     = "FailedPipelineExecutions"
      dimensions = { PipelineName = environment.pipeline }
    } if environment.alarm },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for name, alarm in local.alarms : name => merge(
    { comparison = "GreaterThanThreshold", threshold = 0, period = 300, missing = "notBreaching", ok_actions = [] },
    alarm,
  ) }

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.what} Impact: ${each.value.impact}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = "Sum"
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  period              = each.value.period
  evaluation_periods  = 1
  treat_missing_data  = each.value.missing
  alarm_actions       = [module.alarms.arn]
  ok_actions          = each.value.ok_actions
}
