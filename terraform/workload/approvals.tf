# Who approves, and what keeps everybody else from it. CodePipeline has no resource policy, so the deny policy has to be attached: to
# roles by IAM, or to the account as a service control policy. Apply itself refuses an approval by anybody else.

locals {
  approvals = toset([for approval in [var.approval] : "Approve" if approval])
  # The stage and the action Approve.
  approval_arn = "${local.pipeline_arn}/Approve/Approve"
}

# The name is fixed and the role has no path: an approval names the session of the role without its path.
resource "aws_iam_role" "approve" {
  for_each = local.approvals

  name                 = "${var.name}-approve-${var.workload}"
  description          = "Approves plans of ${var.workload}."
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.approve_trust.json
}

data "aws_iam_policy_document" "approve_trust" {
  statement {
    sid     = "Approvers"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = var.approvers
    }
  }
}

resource "aws_iam_role_policy" "approve" {
  for_each = aws_iam_role.approve

  name   = "approve"
  role   = each.value.id
  policy = data.aws_iam_policy_document.approve.json
}

data "aws_iam_policy_document" "approve" {
  statement {
    sid       = "Approve"
    actions   = ["codepipeline:PutApprovalResult"]
    resources = [local.approval_arn]
  }

  statement {
    sid = "ReadExecutions"
    actions = [
      "codepipeline:GetPipeline", "codepipeline:GetPipelineExecution", "codepipeline:GetPipelineState",
      "codepipeline:ListActionExecutions", "codepipeline:ListPipelineExecutions",
    ]
    resources = [local.pipeline_arn]
  }
}

data "aws_iam_policy_document" "guard" {
  dynamic "statement" {
    for_each = aws_iam_role.approve

    content {
      sid       = "OnlyItsRoleApproves"
      effect    = "Deny"
      actions   = ["codepipeline:PutApprovalResult"]
      resources = [local.approval_arn]

      condition {
        test     = "ArnNotEquals"
        variable = "aws:PrincipalArn"
        values   = [statement.value.arn]
      }
    }
  }

  # Apply refuses what a rollback brings, and a condition only skips what changes nothing.
  statement {
    sid       = "NobodyGoesAround"
    effect    = "Deny"
    actions   = ["codepipeline:OverrideStageCondition", "codepipeline:RollbackStage"]
    resources = [local.pipeline_arn, "${local.pipeline_arn}/*"]
  }

  # Who starts a build may give it another buildspec, and has the role of the build without an approval.
  # https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
  statement {
    sid    = "OnlyItsPipelineBuilds"
    effect = "Deny"
    # Builds, batches, their repetition, and sandboxes.
    actions   = ["codebuild:RetryBuild*", "codebuild:StartBuild*", "codebuild:StartCommandExecution", "codebuild:StartSandbox*"]
    resources = values(module.build)[*].project_arn

    condition {
      test     = "ArnNotEquals"
      variable = "aws:PrincipalArn"
      values   = [aws_iam_role.pipeline.arn]
    }
  }
}

resource "aws_iam_policy" "guard" {
  name        = "${local.full_name}-guard"
  description = "Denies what only the pipeline ${local.full_name} and the role that approves may do. It allows nothing."
  policy      = data.aws_iam_policy_document.guard.json
}
