output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "function_arn" {
  description = "ARN of the function, for what invokes it."
  value       = aws_lambda_function.this.arn
}

output "log_group_name" {
  description = "Log group of the function."
  value       = aws_cloudwatch_log_group.this.name
}

output "failure_queue_name" {
  description = "SQS queue with the events that could not be processed."
  value       = aws_sqs_queue.failures.name
}

output "kms_key_arn" {
  description = "KMS key of the processor, for the topics and tables beside it. The function may use it."
  value       = aws_kms_key.this.arn
}
