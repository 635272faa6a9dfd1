# With var.guardrails, each release passes the active guardrails of the security account, and the trial of new ones may read here.

locals {
  # The environments that have the check: all, or none.
  checked = { for name, environment in var.environments : name => environment if var.guardrails != null }

  guardrails = [for guardrails in var.guardrails[*] : {
    external_id = guardrails.external_id
    pull_role   = "arn:${local.partition}:iam::${guardrails.account_id}:role/${guardrails.name}-pull-guardrails"
    trial_role  = "arn:${local.partition}:iam::${guardrails.account_id}:role/${guardrails.name}-compliance-build"
    account     = "arn:${local.partition}:iam::${guardrails.account_id}:root"
    url         = "https://git-codecommit.${coalesce(guardrails.region, var.region)}.${data.aws_partition.current.dns_suffix}/v1/repos/${guardrails.repository}"
  }]
}

# It plans without the lock, so it writes nothing beside the state, and clones the guardrails.
data "aws_iam_policy_document" "compliance" {
  for_each = local.checked

  source_policy_documents = [
    data.aws_iam_policy_document.every_build["${each.key}-compliance"].json,
    data.aws_iam_policy_document.read_states[each.key].json,
    data.aws_iam_policy_document.secrets[each.key].json,
  ]

  # S3 says that a state is not there yet only to whoever may list the bucket.
  statement {
    sid       = "FindStates"
    actions   = ["s3:ListBucket"]
    resources = ["arn:${local.partition}:s3:::${local.states[each.key].bucket}"]
  }

  statement {
    sid       = "AssumePlanRoles"
    actions   = ["sts:AssumeRole"]
    resources = distinct(values(local.target_roles[each.key].plan))
  }

  statement {
    sid       = "PullGuardrails"
    actions   = ["sts:AssumeRole"]
    resources = local.guardrails[*].pull_role
  }
}

# What Terraform's backend does for a plan with -lock=false.
data "aws_iam_policy_document" "read_states" {
  for_each = local.checked

  statement {
    sid       = "ReadStates"
    actions   = ["s3:GetObject"]
    resources = local.state_objects[each.key]
  }

  statement {
    sid       = "DecryptStates"
    actions   = ["kms:Decrypt"]
    resources = [local.states[each.key].kms_key_arn]

    # Without bucket keys, S3 encrypts each object in a context with its ARN; with one, with the ARN of the bucket.
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:s3:arn"
      values   = concat(local.state_objects[each.key], ["arn:${local.partition}:s3:::${local.states[each.key].bucket}"])
    }
  }
}

# The trial of new guardrails, in the security account: it clones the repository, and reads states and what is there now.

resource "aws_iam_role" "trial" {
  for_each = local.checked

  name                 = "${var.name}-trial-${each.key}"
  description          = "Reads ${each.key} for trials of guardrails."
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.trial_trust.json
}

# The principal is the account, which is always there: IAM refuses a role that is not. So either root may be applied first.
data "aws_iam_policy_document" "trial_trust" {
  dynamic "statement" {
    for_each = local.guardrails

    content {
      sid     = "TrialOfGuardrails"
      actions = ["sts:AssumeRole"]

      principals {
        type        = "AWS"
        identifiers = [statement.value.account]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:PrincipalArn"
        values   = [statement.value.trial_role]
      }

      condition {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [statement.value.external_id]
      }
    }
  }
}

resource "aws_iam_role_policy" "trial" {
  for_each = local.checked

  name   = "trial"
  role   = aws_iam_role.trial[each.key].id
  policy = data.aws_iam_policy_document.trial[each.key].json
}

data "aws_iam_policy_document" "trial" {
  for_each = local.checked

  source_policy_documents = [data.aws_iam_policy_document.read_states[each.key].json]

  # Terraform looks for workspaces. S3 denies a state that is not there yet to whoever may not list the whole bucket, so a trial waits
  # for the first release.
  statement {
    sid       = "FindWorkspaces"
    actions   = ["s3:ListBucket"]
    resources = ["arn:${local.partition}:s3:::${local.states[each.key].bucket}"]

    condition {
      test     = "StringEquals"
      variable = "s3:prefix"
      values   = ["env:/"]
    }
  }

  statement {
    sid       = "CloneRepository"
    actions   = ["codecommit:GitPull"]
    resources = [local.repository.arn]
  }

  # The partition key of the ledger is the environment.
  statement {
    sid       = "ReadLedger"
    actions   = ["dynamodb:GetItem"]
    resources = [aws_dynamodb_table.releases.arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = [each.key]
    }

    # Without a key, a condition for all values is met.
    condition {
      test     = "Null"
      variable = "dynamodb:LeadingKeys"
      values   = ["false"]
    }
  }

  statement {
    sid       = "UseKeyOfLedger"
    actions   = ["kms:Decrypt"]
    resources = [module.key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:dynamodb:tableName"
      values   = [aws_dynamodb_table.releases.name]
    }
  }
}
