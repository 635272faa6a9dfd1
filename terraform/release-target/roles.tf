# The two roles that releases to an environment take in this account: one reads for plans, one applies.

data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition
  builder   = { for kind in ["compliance", "plan", "apply"] : kind => { for name in keys(var.environments) : name => "arn:${local.partition}:iam::${var.tooling_account_id}:role/${var.name}-${kind}-build-${name}" } }

  # ViewOnlyAccess and SecurityAudit lack calls that the provider makes for many resources, so that a plan would fail by the
  # resource. ReadOnlyAccess has them all, and AWS keeps it up to date; but it also reads data, which denied_to_plan denies.
  read_only = "arn:${local.partition}:iam::aws:policy/ReadOnlyAccess"

  plan_policies = { for pair in flatten([
    for name, environment in var.environments : [for arn in coalesce(environment.plan_policy_arns, [local.read_only]) : { environment = name, arn = arn }]
  ]) : "${pair.environment} ${pair.arn}" => pair }

  apply_policies = { for pair in flatten([
    for name, environment in var.environments : [for arn in environment.apply_policy_arns : { environment = name, arn = arn }]
  ]) : "${pair.environment} ${pair.arn}" => pair }
}

# The builds that plan: Apply makes a fresh plan before it applies, with this role or with its own. ComplianceCheck is there only
# where releases pass guardrails.
resource "aws_iam_role" "plan" {
  for_each = var.environments

  name               = "${var.name}-plan-${each.key}"
  description        = "Reads for plans of releases to ${each.key}."
  assume_role_policy = data.aws_iam_policy_document.trust["plan ${each.key}"].json
}

resource "aws_iam_role_policy_attachment" "plan" {
  for_each = local.plan_policies

  role       = aws_iam_role.plan[each.value.environment].name
  policy_arn = each.value.arn
}

resource "aws_iam_role_policy" "plan" {
  for_each = var.environments

  name   = "no-data"
  role   = aws_iam_role.plan[each.key].id
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
  for_each = var.environments

  name                 = "${var.name}-apply-${each.key}"
  description          = "Applies releases to ${each.key}."
  permissions_boundary = each.value.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.trust["apply ${each.key}"].json
}

resource "aws_iam_role_policy_attachment" "apply" {
  for_each = local.apply_policies

  role       = aws_iam_role.apply[each.value.environment].name
  policy_arn = each.value.arn
}

# The principal is the account, which is always there: IAM refuses a role that is not, and forgets one that is made anew. So
# either root may be applied first.
data "aws_iam_policy_document" "trust" {
  for_each = merge(
    { for name, environment in var.environments : "plan ${name}" => { roles = [for kind in ["compliance", "plan", "apply"] : local.builder[kind][name]], external_ids = environment.external_ids } },
    { for name, environment in var.environments : "apply ${name}" => { roles = [local.builder.apply[name]], external_ids = environment.external_ids } },
  )

  statement {
    sid     = "BuildsOfReleases"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${var.tooling_account_id}:root"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = each.value.roles
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = each.value.external_ids
    }
  }

  dynamic "statement" {
    for_each = [for guardrails in var.guardrails[*] : guardrails if startswith(each.key, "plan ")]

    content {
      sid     = "TrialOfGuardrails"
      actions = ["sts:AssumeRole"]

      principals {
        type        = "AWS"
        identifiers = ["arn:${local.partition}:iam::${statement.value.account_id}:root"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:PrincipalArn"
        values   = ["arn:${local.partition}:iam::${statement.value.account_id}:role/${statement.value.name}-compliance-build"]
      }

      condition {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [statement.value.external_id]
      }
    }
  }
}
