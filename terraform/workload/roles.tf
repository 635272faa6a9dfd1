# The roles in the account of the workload that builds take: of this root, and of the trial of guardrails in the security account.
# Their names are fixed and they have no path, so neither root needs the other to be there first.

locals {
  role_arns = { for kind in ["plan", "apply", "pull", "state"] : kind => "arn:${local.partition}:iam::${local.account}:role/${var.name}-${kind}-${var.workload}" }
  # By their names too: the roles of builds trust and are trusted.
  build_roles = { for action in local.actions : action => "arn:${local.partition}:iam::${local.account}:role/${var.name}-${action}-build-${var.workload}" }
  # In the security account.
  guardrail_roles = {
    pull  = "arn:${local.partition}:iam::${var.guardrails.account_id}:role/${var.guardrails.name}-pull-guardrails"
    trial = "arn:${local.partition}:iam::${var.guardrails.account_id}:role/${var.guardrails.name}-compliance-build"
  }

  own_builds = {
    plan  = [for action in ["compliance", "plan", "apply"] : local.build_roles[action]]
    apply = [local.build_roles.apply]
  }
  trust = { for role, parties in {
    plan  = { OwnBuilds = true, Trial = true }
    apply = { OwnBuilds = true }
    pull  = { Trial = true }
    state = { Trial = true }
    } : role => merge(
    { for sid in keys(parties) : sid => { account = local.account, roles = try(local.own_builds[role], []), external_id = local.full_name } if sid == "OwnBuilds" },
    { for sid in keys(parties) : sid => { account = var.guardrails.account_id, roles = [local.guardrail_roles.trial], external_id = var.guardrails.external_id } if sid == "Trial" },
  ) }

  # ViewOnlyAccess and SecurityAudit lack calls that the provider makes for many resources, so that a plan would fail by the
  # resource. ReadOnlyAccess has them all, and AWS keeps it up to date; but it also reads data, which denied_to_plan denies.
  read_only = "arn:${local.partition}:iam::aws:policy/ReadOnlyAccess"
}

# The principal is the account, which is always there: IAM refuses a role that is not, and forgets one that is made anew.
data "aws_iam_policy_document" "trust" {
  for_each = local.trust

  dynamic "statement" {
    for_each = each.value

    content {
      sid     = statement.key
      actions = ["sts:AssumeRole"]

      principals {
        type        = "AWS"
        identifiers = ["arn:${local.partition}:iam::${statement.value.account}:root"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:PrincipalArn"
        values   = statement.value.roles
      }

      condition {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [statement.value.external_id]
      }
    }
  }
}

resource "aws_iam_role" "plan" {
  name                 = "${var.name}-plan-${var.workload}"
  description          = "Reads for plans of ${var.workload}, and for trials of guardrails."
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.trust["plan"].json
}

resource "aws_iam_role_policy_attachment" "plan" {
  for_each = coalesce(var.plan_policy_arns, [local.read_only])

  role       = aws_iam_role.plan.name
  policy_arn = each.key
}

resource "aws_iam_role_policy" "plan" {
  name   = "no-data"
  role   = aws_iam_role.plan.id
  policy = data.aws_iam_policy_document.no_data.json
}

data "aws_iam_policy_document" "no_data" {
  statement {
    sid       = "ReadNoData"
    effect    = "Deny"
    actions   = var.denied_to_plan
    resources = ["*"]
  }

  # Parameters of AWS, such as the newest image of an operating system, are public.
  statement {
    sid           = "ReadNoParameters"
    effect        = "Deny"
    actions       = ["ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters", "ssm:GetParametersByPath"]
    not_resources = ["arn:${local.partition}:ssm:*::parameter/aws/*"]
  }
}

resource "aws_iam_role" "apply" {
  name                 = "${var.name}-apply-${var.workload}"
  description          = "Applies ${var.workload}."
  permissions_boundary = var.apply_permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.trust["apply"].json
}

resource "aws_iam_role_policy_attachment" "apply" {
  for_each = var.apply_policy_arns

  role       = aws_iam_role.apply.name
  policy_arn = each.key
}

# The trial of guardrails: it clones this repository, and reads this state.

resource "aws_iam_role" "pull" {
  name                 = "${var.name}-pull-${var.workload}"
  description          = "Clones ${local.repository.name} for trials of guardrails."
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.trust["pull"].json
}

resource "aws_iam_role_policy" "pull" {
  name   = "pull"
  role   = aws_iam_role.pull.id
  policy = data.aws_iam_policy_document.pull.json
}

data "aws_iam_policy_document" "pull" {
  statement {
    sid       = "CloneRepository"
    actions   = ["codecommit:GitPull"]
    resources = [local.repository.arn]
  }
}

resource "aws_iam_role" "state" {
  name                 = "${var.name}-state-${var.workload}"
  description          = "Reads the state of ${var.workload} for trials of guardrails."
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.trust["state"].json
}

resource "aws_iam_role_policy" "state" {
  name   = "state"
  role   = aws_iam_role.state.id
  policy = data.aws_iam_policy_document.state.json
}

# What Terraform's backend does for a plan with -lock=false. A test has the calls that it makes.
data "aws_iam_policy_document" "read_state" {
  statement {
    sid       = "ReadState"
    actions   = ["s3:GetObject"]
    resources = [local.state_object]
  }

  statement {
    sid       = "DecryptState"
    actions   = ["kms:Decrypt"]
    resources = [local.state.kms_key_arn]

    # Without bucket keys, S3 encrypts each object in a context with its ARN; with one, with the ARN of the bucket.
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:s3:arn"
      values   = [local.state_object, local.state_bucket]
    }
  }
}

# Besides, Terraform looks for workspaces. S3 denies a state that is not there yet to whoever may not list the whole bucket, so a
# trial waits for the first apply.
data "aws_iam_policy_document" "state" {
  source_policy_documents = [data.aws_iam_policy_document.read_state.json]

  statement {
    sid       = "FindWorkspaces"
    actions   = ["s3:ListBucket"]
    resources = [local.state_bucket]

    condition {
      test     = "StringEquals"
      variable = "s3:prefix"
      values   = ["env:/"]
    }
  }
}
