output "arn" {
  description = "ARN of the topic."
  value       = aws_sns_topic.this.arn
}

output "name" {
  description = "Name of the topic."
  value       = aws_sns_topic.this.name
}

output "alarm_arn" {
  description = "ARN of the alarm about failed notifications, for a dashboard."
  value       = aws_cloudwatch_metric_alarm.failed.arn
}
