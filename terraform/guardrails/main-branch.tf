# Who writes to main. CodeCommit has no resource policies, so the deny policy has to be attached: to roles by IAM, or to the account
# as a service control policy. guardrail-merger reports each write that neither it nor the break-glass role made.

data "aws_iam_policy_document" "guard" {
  # Every action that writes to a branch and has the condition key. Without the key, such as at the first request of a push, the
  # condition is not met. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodecommit.html
  statement {
    sid    = "OnlyMergerWritesMain"
    effect = "Deny"
    actions = [
      "codecommit:CreateBranch", "codecommit:CreateCommit", "codecommit:DeleteBranch", "codecommit:DeleteFile", "codecommit:GitPush",
      "codecommit:MergeBranchesByFastForward", "codecommit:MergeBranchesBySquash", "codecommit:MergeBranchesByThreeWay",
      "codecommit:MergePullRequestByFastForward", "codecommit:MergePullRequestBySquash", "codecommit:MergePullRequestByThreeWay",
      "codecommit:PutFile",
    ]
    resources = [local.repository.arn]

    condition {
      test     = "StringEquals"
      variable = "codecommit:References"
      values   = ["refs/heads/${local.branches.target}"]
    }

    condition {
      test     = "ArnNotEquals"
      variable = "aws:PrincipalArn"
      values   = [local.merger_role_arn, aws_iam_role.break_glass.arn]
    }
  }

  # A repository of another name could take the place of this one, with another main, and no event would say so.
  statement {
    sid       = "NobodyReplacesIt"
    effect    = "Deny"
    actions   = ["codecommit:DeleteRepository", "codecommit:UpdateRepositoryName"]
    resources = [local.repository.arn]
  }

  # Who starts a build may give it another buildspec: it would have the roles in all workloads, or write a result that passes.
  # https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
  statement {
    sid    = "OnlyItsPipelineBuilds"
    effect = "Deny"
    # Builds, batches, their repetition, and sandboxes.
    actions   = ["codebuild:RetryBuild*", "codebuild:StartBuild*", "codebuild:StartCommandExecution", "codebuild:StartSandbox*"]
    resources = [module.self_check.project_arn, module.comply.project_arn]

    condition {
      test     = "ArnNotEquals"
      variable = "aws:PrincipalArn"
      values   = [aws_iam_role.pipeline.arn]
    }
  }
}

resource "aws_iam_policy" "guard" {
  name        = "${var.name}-guardrail-guard"
  description = "Denies writing to main of the guardrails, and running the builds, to all but those whose work it is. It allows nothing."
  policy      = data.aws_iam_policy_document.guard.json
}

# An emergency: people write to main themselves.

resource "aws_iam_role" "break_glass" {
  name                 = "${var.name}-break-glass"
  description          = "Writes to main of the guardrails in an emergency."
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.break_glass_trust.json
}

data "aws_iam_policy_document" "break_glass_trust" {
  statement {
    sid     = "People"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = var.break_glass.principals
    }

    dynamic "condition" {
      for_each = [for mfa in [var.break_glass.mfa] : "aws:MultiFactorAuthPresent" if mfa]

      content {
        test     = "Bool"
        variable = condition.value
        values   = ["true"]
      }
    }
  }
}

resource "aws_iam_role_policy" "break_glass" {
  name   = "break-glass"
  role   = aws_iam_role.break_glass.id
  policy = data.aws_iam_policy_document.break_glass.json
}

data "aws_iam_policy_document" "break_glass" {
  statement {
    sid       = "Clone"
    actions   = ["codecommit:GitPull"]
    resources = [local.repository.arn]
  }

  # The first request of a push names no branch.
  statement {
    sid       = "PushToMain"
    actions   = ["codecommit:GitPush"]
    resources = [local.repository.arn]

    condition {
      test     = "StringEqualsIfExists"
      variable = "codecommit:References"
      values   = ["refs/heads/${local.branches.target}"]
    }
  }
}

# A force merge is a pull request by one of var.force_principals: npm run force-merge.

data "aws_iam_policy_document" "force_merge" {
  statement {
    sid       = "MakeForceBranch"
    actions   = ["codecommit:CreateBranch"]
    resources = [local.repository.arn]

    condition {
      test     = "StringLike"
      variable = "codecommit:References"
      values   = ["${local.force_branches}*"]
    }
  }

  # Whether an earlier request made the branch.
  statement {
    sid       = "FindForceBranch"
    actions   = ["codecommit:GetBranch"]
    resources = [local.repository.arn]
  }

  statement {
    sid       = "OpenPullRequest"
    actions   = ["codecommit:CreatePullRequest"]
    resources = [local.repository.arn]
  }
}

resource "aws_iam_policy" "force_merge" {
  name        = "${var.name}-force-merge"
  description = "Asks for a force merge of guardrails: npm run force-merge. guardrail-merger refuses whom force_principals does not name."
  policy      = data.aws_iam_policy_document.force_merge.json
}
