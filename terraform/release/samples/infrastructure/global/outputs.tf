output "auditor_role_arn" {
  description = "ARN of the role that auditors take."
  value       = aws_iam_role.auditor.arn
}
