locals {
  of_function = { FunctionName = aws_lambda_function.this.function_name }
  of_failures = { QueueName = aws_sqs_queue.failures.name }

  # An alarm without ok_actions counts events that happened: its end would not mean that anybody dealt with them.
  alarms = merge(
    {
      failures = {
        what       = "Events could not be processed. The queue ${aws_sqs_queue.failures.name} keeps each of them for 14 days: remove the cause, then invoke the function with them again."
        namespace  = "AWS/SQS"
        metric     = "NumberOfMessagesSent"
        dimensions = local.of_failures
        ok_actions = []
      }
      # The maximum of each hour: whoever receives a message hides it for the visibility timeout.
      failures-waiting = {
        what       = "A failed event has waited in the queue ${aws_sqs_queue.failures.name} for a day. SQS deletes it 14 days after it came: remove the cause, then invoke the function with it again."
        namespace  = "AWS/SQS"
        metric     = "ApproximateNumberOfMessagesVisible"
        dimensions = local.of_failures
        statistic  = "Maximum"
        period     = 3600
        periods    = 24
        ok_actions = []
      }
      lost-events = {
        what       = "Lambda could not put failed events into the queue ${aws_sqs_queue.failures.name}, so they are lost: check that the role of the function may use the queue and its key."
        namespace  = "AWS/Lambda"
        metric     = "DestinationDeliveryFailures"
        dimensions = local.of_function
        ok_actions = []
      }
      dropped-events = {
        what       = "Lambda gave up events, after three tries or after six hours. They are in the queue ${aws_sqs_queue.failures.name}, unless the alarm ${var.name}-lost-events went off too."
        namespace  = "AWS/Lambda"
        metric     = "AsyncEventsDropped"
        dimensions = local.of_function
        ok_actions = []
      }
      errors = {
        what       = "Invocations failed. Lambda tries each event three times. The log group ${aws_cloudwatch_log_group.this.name} has the errors."
        namespace  = "AWS/Lambda"
        metric     = "Errors"
        dimensions = local.of_function
      }
      throttles = {
        what       = "No concurrency is left, so events wait for up to six hours: raise the limit of the account, or the reserved concurrency of the function."
        namespace  = "AWS/Lambda"
        metric     = "Throttles"
        dimensions = local.of_function
      }
      duration = {
        what       = "An invocation took more than 80 % of its timeout of ${var.timeout} s: raise timeout or memory_size before invocations are cut off."
        namespace  = "AWS/Lambda"
        metric     = "Duration"
        dimensions = local.of_function
        statistic  = "Maximum"
        above      = 0.8 * var.timeout * 1000
      }
    },
    { for queue in aws_sqs_queue.undelivered : "undelivered" => {
      what       = "EventBridge could not hand events over to the function. The queue ${queue.name} keeps each of them for 14 days, and the attribute ERROR_MESSAGE of a message says why."
      namespace  = "AWS/SQS"
      metric     = "NumberOfMessagesSent"
      dimensions = { QueueName = queue.name }
      ok_actions = []
    } },
    { for trigger, rule in aws_cloudwatch_event_rule.this : "undelivered-${trigger}" => {
      what       = "EventBridge could not put events of the rule ${rule.name} into the queue ${var.name}-undelivered, so they are lost: check the policies of the queue and of its key."
      namespace  = "AWS/Events"
      metric     = "InvocationsFailedToBeSentToDlq"
      dimensions = { RuleName = rule.name }
      ok_actions = []
    } },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for name, alarm in local.alarms : name => merge(
    { statistic = "Sum", above = 0, period = 300, periods = 1, ok_actions = [var.alarm_topic_arn] },
    alarm,
  ) }

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.what} Impact: ${var.impact}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  period              = each.value.period
  evaluation_periods  = each.value.periods
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = each.value.ok_actions
}
