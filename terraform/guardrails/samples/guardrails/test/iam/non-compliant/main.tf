locals {
  wide = {
    all         = { Effect = "Allow", Action = "*", Resource = "*" }
    service     = { Effect = "Allow", Action = ["s3:GetObject", "ec2:*"], Resource = "*" }
    not_action  = { Effect = "Allow", NotAction = ["iam:*"], Resource = "*" }
    second      = { Effect = "Allow", Action = "s3:*", Resource = "*" }
    "good.like" = { Effect = "Allow", Action = "s3:GetObject", Resource = "*" }
  }
}

resource "aws_iam_policy" "this" {
  for_each = local.wide

  policy = jsonencode({
    Statement = [
      { Effect = "Allow", Action = "s3:GetObject", Resource = "*" },
      each.value,
    ]
  })
}

resource "terraform_data" "name" {}

data "aws_iam_policy_document" "late" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::${terraform_data.name.id}"]
  }
}

resource "aws_iam_policy" "late" {
  policy = data.aws_iam_policy_document.late.json
}

module "role" {
  source = "./role"
}

resource "aws_iam_role_policy_attachment" "this" {
  role       = "app"
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
