output "repository_url" {
  description = "URL to clone the guardrails by HTTPS."
  value       = local.repository.url
}

output "pipeline" {
  description = "Name of the pipeline."
  value       = local.pipeline
}

output "report_bucket" {
  description = "Name of the bucket with the pages."
  value       = aws_s3_bucket.reports.bucket
}

output "artifact_bucket" {
  description = "Name of the bucket with artifacts and results."
  value       = aws_s3_bucket.artifacts.bucket
}

output "guard_policy_arn" {
  description = "Managed policy that denies writing to main except to guardrail-merger and the break-glass role, and running the builds except to the pipeline. Attach it to roles of people and machines of this account."
  value       = aws_iam_policy.guard.arn
}

output "guard_policy" {
  description = "The same policy as text, for a service control policy of AWS Organizations."
  value       = data.aws_iam_policy_document.guard.minified_json
}

output "force_merge_policy_arn" {
  description = "Managed policy for who may force a merge. It allows what npm run force-merge calls."
  value       = aws_iam_policy.force_merge.arn
}

output "force_merge_policy" {
  description = "The same policy as text, for a permission set or a role that is not yours to attach policies to."
  value       = data.aws_iam_policy_document.force_merge.minified_json
}

output "read_reports_policy_arn" {
  description = "Managed policy for who reads the pages."
  value       = aws_iam_policy.read_reports.arn
}

output "break_glass_role_arn" {
  description = "ARN of the role that writes to main in an emergency."
  value       = aws_iam_role.break_glass.arn
}

output "pull_role_arn" {
  description = "ARN of the role with which the compliance checks of other accounts pull the guardrails."
  value       = aws_iam_role.pull.arn
}

output "compliance_build_role_arn" {
  description = "ARN of the role that the trial's roles in workload accounts trust."
  value       = module.comply.role_arn
}

output "guardrail_topic_arn" {
  description = "SNS topic with the messages about checks, waivers and writes to main."
  value       = module.guardrails.arn
}

output "alarm_topic_arn" {
  description = "SNS topic with the alarms."
  value       = module.alarms.arn
}

output "failure_queue_names" {
  description = "SQS queues with the events that guardrail-merger failed on, and with pushes that started nothing."
  value       = { merger = module.guardrail_merger.failure_queue_name, start = aws_sqs_queue.start.name }
}

output "table_name" {
  description = "DynamoDB table of guardrail-merger."
  value       = aws_dynamodb_table.guardrails.name
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}
