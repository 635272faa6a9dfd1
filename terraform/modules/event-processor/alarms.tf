locals {
  function_dimensions = { FunctionName = aws_lambda_function.this.function_name }
  queue_dimensions    = { QueueName = aws_sqs_queue.failures.name }

  alarms = {
    failures = {
      what       = "Events could not be processed. The queue ${aws_sqs_queue.failures.name} keeps them for 14 days: remove the cause, then invoke the function with them again."
      namespace  = "AWS/SQS"
      metric     = "ApproximateNumberOfMessagesVisible"
      dimensions = local.queue_dimensions
      statistic  = "Maximum"
      above      = 0
    }
    errors = {
      what       = "Invocations failed. Lambda tries each event three times. The log group ${aws_cloudwatch_log_group.this.name} has the errors."
      namespace  = "AWS/Lambda"
      metric     = "Errors"
      dimensions = local.function_dimensions
      statistic  = "Sum"
      above      = 0
    }
    throttles = {
      what       = "No concurrency is left, so events wait for up to six hours: raise the limit of the account, or the reserved concurrency of the function."
      namespace  = "AWS/Lambda"
      metric     = "Throttles"
      dimensions = local.function_dimensions
      statistic  = "Sum"
      above      = 0
    }
    duration = {
      what       = "An invocation took more than 80 % of its timeout of ${var.timeout} s: raise timeout or memory_size before invocations are cut off."
      namespace  = "AWS/Lambda"
      metric     = "Duration"
      dimensions = local.function_dimensions
      statistic  = "Maximum"
      above      = 0.8 * var.timeout * 1000
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.what} Impact: ${var.impact}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
