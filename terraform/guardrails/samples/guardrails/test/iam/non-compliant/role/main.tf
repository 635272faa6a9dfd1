resource "aws_iam_role_policy" "this" {
  role   = "app"
  policy = jsonencode({ Statement = { Effect = "Allow", Action = "iam:*", Resource = "*" } })
}
