output "repository_url" {
  description = "URL to clone the repository by HTTPS."
  value       = local.repository.url
}

output "pipeline" {
  description = "Name of the pipeline."
  value       = aws_codepipeline.this.name
}

output "for_guardrails" {
  description = "The entry of this workload in the variable workloads of the root guardrails. Write its owner."
  value = { (var.workload) = {
    repository          = local.repository.url
    repository_role_arn = local.role_arns.pull
    branch              = local.repository.branch
    path                = var.path
    var_files           = var.variable_files
    state               = { bucket = local.state.bucket, key = local.state.key, region = local.state.region, role_arn = local.role_arns.state }
    plan_role_arn       = local.role_arns.plan
    external_id         = var.guardrails.external_id
  } }
}

output "state" {
  description = "Where the state is."
  value       = { bucket = local.state.bucket, key = local.state.key, region = local.state.region }
}

output "artifact_bucket" {
  description = "Name of the bucket with plans and results."
  value       = module.artifact_bucket.name
}

output "key_arn" {
  description = "ARN of the key. Secrets that become Terraform variables are encrypted with it, or with the key of AWS."
  value       = module.key.arn
}

output "approve_role_arn" {
  description = "ARN of the role that approves; null without approval."
  value       = one(values(aws_iam_role.approve)[*].arn)
}

output "guard_policy_arn" {
  description = "Managed policy that denies approving except by the role for it, and what goes around the pipeline. Attach it to roles of people and machines of this account."
  value       = aws_iam_policy.guard.arn
}

output "guard_policy" {
  description = "The same policy as text, for a service control policy of AWS Organizations."
  value       = data.aws_iam_policy_document.guard.minified_json
}

output "topic_arn" {
  description = "SNS topic with the messages about the pipeline."
  value       = module.releases.arn
}

output "alarm_topic_arn" {
  description = "SNS topic with the alarms."
  value       = module.alarms.arn
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}
