output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "function_arn" {
  description = "ARN of the function."
  value       = aws_lambda_function.this.arn
}

output "log_group_name" {
  description = "Name of the log group of the function."
  value       = aws_cloudwatch_log_group.this.name
}

output "failure_queue_name" {
  description = "Name of the SQS queue with the events that could not be processed."
  value       = aws_sqs_queue.failures.name
}

output "role_arn" {
  description = "ARN of the role of the function, for policies of resources that it uses."
  value       = aws_iam_role.this.arn
}

output "undelivered_queue_name" {
  description = "Name of the SQS queue with the events that EventBridge could not hand over; null without triggers."
  value       = one(aws_sqs_queue.undelivered[*].name)
}

output "alarm_arns" {
  description = "ARNs of the alarms, for a dashboard."
  value       = [for alarm in aws_cloudwatch_metric_alarm.this : alarm.arn]
}
