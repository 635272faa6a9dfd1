# A role that auditors of another account take.

data "aws_partition" "current" {}

resource "aws_iam_role" "auditor" {
  name                 = "${var.environment}-${var.team}-auditor"
  description          = "Reads the configuration for auditors."
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.auditor.json
  tags                 = { Environment = var.environment, Team = var.team }
}

data "aws_iam_policy_document" "auditor" {
  statement {
    sid     = "Auditors"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.auditor_arn]
    }

    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }
  }
}

resource "aws_iam_role_policy_attachment" "auditor" {
  role       = aws_iam_role.auditor.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/SecurityAudit"
}
