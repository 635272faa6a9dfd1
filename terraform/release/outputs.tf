output "repository_url" {
  description = "URL to clone the repository by HTTPS."
  value       = local.repository.url
}

output "pipelines" {
  description = "Names of the pipelines, by environment."
  value       = { for name, environment in var.environments : name => environment.pipeline }
}

output "state_buckets" {
  description = "Names of the buckets with the states, by environment."
  value       = { for name, state in local.states : name => state.bucket }
}

output "artifact_buckets" {
  description = "Names of the buckets with plans and results, by environment."
  value       = { for name, bucket in aws_s3_bucket.artifacts : name => bucket.bucket }
}

output "keys" {
  description = "ARNs of the keys, by environment. Secrets that become Terraform variables are encrypted with it, or with the key of AWS."
  value       = { for name, key in module.environment_key : name => key.arn }
}

output "approve_roles" {
  description = "ARNs of the roles that approve, by environment."
  value       = { for name, role in aws_iam_role.approve : name => role.arn }
}

output "release_guard_policy_arn" {
  description = "Managed policy that denies approving except by the role for it, and starting except by pipeline-starter. Attach it to roles of people and machines of this account."
  value       = aws_iam_policy.release_guard.arn
}

output "release_guard_policy" {
  description = "The same policy as text, for a service control policy of AWS Organizations."
  value       = data.aws_iam_policy_document.release_guard.minified_json
}

output "release_again_policy_arn" {
  description = "Managed policy for who may ask for a release again."
  value       = aws_iam_policy.release_again.arn
}

output "ledger_table_name" {
  description = "DynamoDB table with what runs where."
  value       = aws_dynamodb_table.releases.name
}

output "release_topic_arn" {
  description = "SNS topic with the messages about releases."
  value       = module.releases.arn
}

output "alarm_topic_arn" {
  description = "SNS topic with the alarms."
  value       = module.alarms.arn
}

output "failure_queue_names" {
  description = "SQS queues with the events that the functions failed on."
  value       = { starter = module.pipeline_starter.failure_queue_name, recorder = module.release_recorder.failure_queue_name }
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}

output "trial_roles" {
  description = "ARNs of the roles that trials of guardrails take, by environment: for repository, state and ledger in the variable workloads of the root guardrails."
  value       = { for name, role in aws_iam_role.trial : name => role.arn }
}
