output "function_name" {
  description = "Name of the function."
  value       = module.sni_collector.function_name
}

output "digest_topic_arn" {
  description = "SNS topic with the digests. A subscription that you add yourself needs a filter on the attribute audience."
  value       = module.digests.arn
}

output "alarm_topic_arn" {
  description = "SNS topic with the alarms."
  value       = module.alarms.arn
}

output "table_name" {
  description = "DynamoDB table with the hostnames."
  value       = aws_dynamodb_table.hostnames.name
}

output "failure_queue_name" {
  description = "SQS queue with the events that the function failed on."
  value       = module.sni_collector.failure_queue_name
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}
