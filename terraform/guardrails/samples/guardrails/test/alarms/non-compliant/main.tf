resource "aws_cloudwatch_metric_alarm" "cpu" {
  for_each = toset(["a.b", "good"])

  alarm_name          = "cpu-${each.key}"
  namespace           = "AWS/EC2"
  metric_name         = "CPUUtilization"
  comparison_operator = "GreaterThanThreshold"
  statistic           = "Average"
  threshold           = 80
  evaluation_periods  = 3
  period              = each.key == "good" ? 60 : 300
  dimensions          = each.key == "good" ? { InstanceId = "i-12345678" } : null
  alarm_actions       = each.key == "good" ? ["arn:aws:sns:us-east-1:111122223333:alarms"] : []
  actions_enabled     = each.key == "good"
}

resource "terraform_data" "metric" {}

resource "aws_cloudwatch_metric_alarm" "late" {
  alarm_name          = "late"
  namespace           = "AWS/EC2"
  metric_name         = terraform_data.metric.id
  comparison_operator = "GreaterThanThreshold"
  statistic           = "Average"
  threshold           = 80
  evaluation_periods  = 3
  period              = 300
  alarm_actions       = ["arn:aws:sns:us-east-1:111122223333:alarms"]
}

module "alarm" {
  source = "./alarm"
}
