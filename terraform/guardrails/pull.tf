# The role with which the compliance checks of other accounts pull the guardrails.

locals {
  # The accounts with the pipelines of workloads: their own, or the tooling account with the root release.
  pulling_accounts = distinct([for workload in values(var.workloads) : split(":", workload.repository_role_arn)[4]])
}

# The name is fixed and the role has no path: the builds of other accounts take it by its ARN.
resource "aws_iam_role" "pull" {
  name                 = "${var.name}-pull-guardrails"
  description          = "Pulls the guardrails for the compliance checks of other accounts."
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.pull_trust.json

  lifecycle {
    precondition {
      # The default is 2,048. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
      condition     = length(data.aws_iam_policy_document.pull_trust.minified_json) <= var.trust_policy_quota
      error_message = "The trust policy of ${var.name}-pull-guardrails has more than ${var.trust_policy_quota} characters: give the workloads of one account one external id, or ask AWS for a higher quota \"Role trust policy length\" and write it into trust_policy_quota."
    }
  }
}

# The principals are the accounts, which are always there: IAM refuses a role that is not, and forgets one that is made anew. So
# either root may be applied first. A pattern instead of each name, since the policy is short.
data "aws_iam_policy_document" "pull_trust" {
  statement {
    sid     = "ComplianceBuilds"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [for account in local.pulling_accounts : "arn:${local.partition}:iam::${account}:root"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:PrincipalArn"
      values   = [for name in setunion([var.name], var.other_names) : "arn:${local.partition}:iam::*:role/${name}-compliance-build-*"]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = distinct(values(local.external_ids))
    }
  }
}

resource "aws_iam_role_policy" "pull" {
  name   = "pull"
  role   = aws_iam_role.pull.id
  policy = data.aws_iam_policy_document.pull.json
}

data "aws_iam_policy_document" "pull" {
  statement {
    sid       = "PullGuardrails"
    actions   = ["codecommit:GitPull"]
    resources = [local.repository.arn]
  }
}
