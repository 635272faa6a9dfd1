# The module has the alarms of the function itself; these are for what wakes it.

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = {
    alerts-not-delivered = {
      what       = "CloudWatch Logs could not deliver alerts to the function: check the permission of the function, and its concurrency."
      namespace  = "AWS/Logs"
      metric     = "DeliveryErrors"
      dimensions = { LogGroupName = local.alert_log_group_name, DestinationType = "Lambda", FilterName = aws_cloudwatch_log_subscription_filter.alerts.name }
      statistic  = "Sum"
    }
    flush-failures = {
      what       = "The schedule could not invoke the function: the messages in the queue ${aws_sqs_queue.flush_failures.name} say why."
      namespace  = "AWS/SQS"
      metric     = "ApproximateNumberOfMessagesVisible"
      dimensions = { QueueName = aws_sqs_queue.flush_failures.name }
      statistic  = "Maximum"
    }
  }

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.what} Impact: e-mails about new hostnames come late or not at all."
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}
