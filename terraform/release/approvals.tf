# Who approves, and what keeps everybody else from approving and starting. CodePipeline has no resource policy, so the deny
# policy has to be attached: to roles by IAM, or to the account as a service control policy. Apply itself refuses an approval
# by anybody else.

locals {
  approved_environments = { for name, environment in var.environments : name => environment if environment.approval }
  # The stage and the action Approve of a pipeline.
  approval_arns = { for name in keys(local.approved_environments) : name => "${local.pipeline_arns[name]}/Approve/Approve" }
}

# The name is fixed and the role has no path: an approval names the session of the role without its path.
resource "aws_iam_role" "approve" {
  for_each = local.approved_environments

  name                 = "${var.name}-approve-${each.key}"
  description          = "Approves releases to ${each.key}."
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.approve_trust[each.key].json
}

data "aws_iam_policy_document" "approve_trust" {
  for_each = local.approved_environments

  statement {
    sid     = "Approvers"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = each.value.approvers
    }
  }
}

resource "aws_iam_role_policy" "approve" {
  for_each = local.approved_environments

  name   = "approve"
  role   = aws_iam_role.approve[each.key].id
  policy = data.aws_iam_policy_document.approve[each.key].json
}

data "aws_iam_policy_document" "approve" {
  for_each = local.approved_environments

  statement {
    sid       = "Approve"
    actions   = ["codepipeline:PutApprovalResult"]
    resources = [local.approval_arns[each.key]]
  }

  statement {
    sid = "ReadExecutions"
    actions = [
      "codepipeline:GetPipeline", "codepipeline:GetPipelineExecution", "codepipeline:GetPipelineState",
      "codepipeline:ListActionExecutions", "codepipeline:ListPipelineExecutions",
    ]
    resources = [local.pipeline_arns[each.key]]
  }
}

# Starting a release, by pipeline-starter: everybody else asks it.

data "aws_iam_policy_document" "release_again" {
  statement {
    sid       = "AskForReleases"
    actions   = ["events:PutEvents"]
    resources = ["arn:${local.partition}:events:${var.region}:${local.account}:event-bus/default"]

    condition {
      test     = "StringEquals"
      variable = "events:source"
      values   = local.release_request.source
    }

    condition {
      test     = "StringEquals"
      variable = "events:detail-type"
      values   = local.release_request["detail-type"]
    }
  }
}

resource "aws_iam_policy" "release_again" {
  name        = "${var.name}-release-again"
  description = "Asks for a release again: npm run release-again."
  policy      = data.aws_iam_policy_document.release_again.json
}

# Everybody else.

data "aws_iam_policy_document" "release_guard" {
  dynamic "statement" {
    for_each = local.approval_arns

    content {
      sid       = "OnlyItsRoleApproves${replace(title(statement.key), "-", "")}"
      effect    = "Deny"
      actions   = ["codepipeline:PutApprovalResult"]
      resources = [statement.value]

      condition {
        test     = "ArnNotEquals"
        variable = "aws:PrincipalArn"
        values   = [aws_iam_role.approve[statement.key].arn]
      }
    }
  }

  statement {
    sid    = "OnlyPipelineStarterStarts"
    effect = "Deny"
    actions = [
      "codepipeline:DisableStageTransition", "codepipeline:EnableStageTransition", "codepipeline:OverrideStageCondition",
      "codepipeline:RetryStageExecution", "codepipeline:RollbackStage", "codepipeline:StartPipelineExecution",
    ]
    # A pipeline, and its stages.
    resources = flatten([for arn in values(local.pipeline_arns) : [arn, "${arn}/*"]])

    condition {
      test     = "ArnNotEquals"
      variable = "aws:PrincipalArn"
      values   = [module.pipeline_starter.role_arn]
    }
  }

  # Who starts a build may give it another buildspec, and has the role of the build without an approval.
  # https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
  dynamic "statement" {
    for_each = aws_iam_role.pipeline

    content {
      sid    = "OnlyItsPipelineBuilds${replace(title(statement.key), "-", "")}"
      effect = "Deny"
      # Builds, batches, their repetition, and sandboxes.
      actions   = ["codebuild:RetryBuild*", "codebuild:StartBuild*", "codebuild:StartCommandExecution", "codebuild:StartSandbox*"]
      resources = local.project_arns[statement.key]

      condition {
        test     = "ArnNotEquals"
        variable = "aws:PrincipalArn"
        values   = [statement.value.arn]
      }
    }
  }
}

resource "aws_iam_policy" "release_guard" {
  name        = "${var.name}-release-guard"
  description = "Denies what only pipeline-starter, the pipelines and the roles that approve may do. It allows nothing."
  policy      = data.aws_iam_policy_document.release_guard.json

  lifecycle {
    precondition {
      # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
      condition     = length(data.aws_iam_policy_document.release_guard.minified_json) <= 6144
      error_message = "The deny policy has more than 6,144 characters: a second deployment with another name can take some of the environments."
    }
  }
}
