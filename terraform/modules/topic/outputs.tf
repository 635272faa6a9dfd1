output "arn" {
  description = "ARN of the topic. It is known after its policy and subscriptions are there."
  value       = aws_sns_topic.this.arn
}

output "name" {
  description = "Name of the topic."
  value       = aws_sns_topic.this.name
}
