output "project_name" {
  description = "Name of the project."
  value       = aws_codebuild_project.this.name
}

output "project_arn" {
  description = "ARN of the project, for the role of the pipeline."
  value       = local.project
}

output "role_arn" {
  description = "ARN of the role of the builds."
  value       = aws_iam_role.this.arn
}

output "log_group_name" {
  description = "Name of the log group of the builds."
  value       = aws_cloudwatch_log_group.this.name
}
