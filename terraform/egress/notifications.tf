# Who is told what. A subscription by e-mail begins when its confirmation is clicked.

resource "aws_sns_topic" "digests" {
  name              = "${var.name}-digests"
  kms_master_key_id = module.sni_collector.kms_key_arn
}

resource "aws_sns_topic_subscription" "digests" {
  for_each = { for address, subscriber in var.subscribers : address => subscriber if subscriber.digests != "none" }

  topic_arn     = aws_sns_topic.digests.arn
  protocol      = "email"
  endpoint      = each.key
  filter_policy = each.value.digests == "blocked" ? jsonencode({ blocked = ["true"] }) : null
}

resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  kms_master_key_id = module.sni_collector.kms_key_arn
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each = { for address, subscriber in var.subscribers : address => subscriber if subscriber.alarms }

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.key
}

# The module watches over the function; these watch over what wakes it.

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = {
    alerts-not-delivered = {
      what       = "CloudWatch Logs could not hand alerts to the function: see whether it may invoke it."
      namespace  = "AWS/Logs"
      metric     = "DeliveryErrors"
      dimensions = { LogGroupName = local.alert_log_group_name, DestinationType = "Lambda", FilterName = aws_cloudwatch_log_subscription_filter.alerts.name }
      statistic  = "Sum"
    }
    flush-failures = {
      what       = "The schedule could not invoke the function: the queue ${aws_sqs_queue.flush_failures.name} says why."
      namespace  = "AWS/SQS"
      metric     = "ApproximateNumberOfMessagesVisible"
      dimensions = { QueueName = aws_sqs_queue.flush_failures.name }
      statistic  = "Maximum"
    }
  }

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.what} Impact: people are told of new hostnames late, or not at all."
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
