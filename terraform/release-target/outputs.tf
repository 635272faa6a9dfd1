output "plan_roles" {
  description = "ARNs of the roles that read for plans, by environment."
  value       = { for name, role in aws_iam_role.plan : name => role.arn }
}

output "apply_roles" {
  description = "ARNs of the roles that apply, by environment."
  value       = { for name, role in aws_iam_role.apply : name => role.arn }
}
