resource "aws_sns_topic" "this" {
  name = "alarms"
}

resource "aws_cloudwatch_metric_alarm" "cpu" {
  for_each = toset(["a.b", "c"])

  alarm_name          = "cpu-${each.key}"
  namespace           = "AWS/EC2"
  metric_name         = "CPUUtilization"
  comparison_operator = "GreaterThanThreshold"
  statistic           = "Average"
  threshold           = 80
  evaluation_periods  = 3
  period              = 60
  dimensions          = { InstanceId = "i-12345678" }
  alarm_actions       = [aws_sns_topic.this.arn]
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "errors"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  comparison_operator = "GreaterThanThreshold"
  statistic           = "Sum"
  threshold           = 0
  evaluation_periods  = 1
  period              = 300
  alarm_actions       = ["arn:aws:sns:us-east-1:111122223333:alarms"]
}
