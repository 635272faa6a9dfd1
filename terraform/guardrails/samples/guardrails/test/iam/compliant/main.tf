data "aws_iam_policy_document" "this" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject", "s3:Get*"]
    resources = ["arn:aws:s3:::files/*"]
  }

  statement {
    sid       = "DenyAll"
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "this" {
  for_each = toset(["a.b", "c"])

  policy = data.aws_iam_policy_document.this.json
}

resource "aws_iam_role_policy" "this" {
  role   = "app"
  policy = jsonencode({ Statement = { Effect = "Allow", Action = "s3:GetObject", Resource = "*" } })
}

resource "aws_iam_role_policy_attachment" "this" {
  role       = "app"
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
