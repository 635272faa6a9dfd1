# The modules have the alarms of topics; these are for the pipeline and its events.

locals {
  alarms = merge(
    { for name in [for alarm in [var.alarm] : "failed" if alarm] : name => {
      what       = "An execution of ${local.full_name} failed, or its approval was rejected or expired: the message to the topic ${local.topics.releases} says at which action."
      impact     = "The commit is not applied; if Apply failed, a part of it may be."
      namespace  = "AWS/CodePipeline"
      metric     = "FailedPipelineExecutions"
      dimensions = { PipelineName = local.full_name }
    } },
    {
      undelivered = {
        what       = "EventBridge could not hand events over. The queue ${local.full_name}-undelivered keeps each of them for 14 days, and the attribute ERROR_MESSAGE of a message says why."
        impact     = "A push did not start the pipeline, or people did not get a message."
        namespace  = "AWS/SQS"
        metric     = "NumberOfMessagesSent"
        dimensions = { QueueName = aws_sqs_queue.undelivered.name }
      }
    },
    { for rule, name in local.rules : "undelivered-${rule}" => {
      what       = "EventBridge could not put events of the rule ${name} into the queue ${local.full_name}-undelivered: check the policies of the queue and of its key."
      impact     = "The events are lost: a push that did not start the pipeline, or a message."
      namespace  = "AWS/Events"
      metric     = "InvocationsFailedToBeSentToDlq"
      dimensions = { RuleName = name }
    } },
  )
}

# None has ok_actions: they count events that happened, and their end would not mean that anybody dealt with them.
resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${local.full_name}-${each.key}"
  alarm_description   = "${each.value.what} Impact: ${each.value.impact}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [module.alarms.arn]
}
