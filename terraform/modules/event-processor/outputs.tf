output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "function_arn" {
  description = "ARN of the function, for its trigger."
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

output "kms_key_arn" {
  description = "ARN of the KMS key, for the topics and tables that the root adds. The function may use the key."
  value       = aws_kms_key.this.arn
}
