resource "aws_cloudwatch_metric_alarm" "hosts" {
  alarm_name          = "hosts"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  comparison_operator = "LessThanThreshold"
  statistic           = "Minimum"
  threshold           = 1
  evaluation_periods  = 1
  period              = 120
}
