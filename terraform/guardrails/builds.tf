# The builds, and what each may do. Who may do what is a table in the README, and in the tests.

locals {
  targets_location = { TARGETS = "s3://${aws_s3_bucket.artifacts.bucket}/targets.json" }

  # Every role that the trial takes in other accounts.
  trial_roles = distinct(flatten([for workload in values(var.workloads) : [
    workload.repository_role_arn, workload.state.role_arn, workload.plan_role_arn, workload.released[*].role_arn,
  ]]))

  # All inline policies of a role have at most 10,240 characters, a managed one 6,144, and a role has at most 10 of them.
  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  trial_roles_by_policy = { for index, arns in chunklist(local.trial_roles, 40) : tostring(index + 1) => arns }
}

module "self_check" {
  source = "../modules/build"

  name                     = local.projects.self_check
  description              = "Runs each guardrail against its own compliant and non-compliant fixture."
  role_name                = "${var.name}-self-check-build"
  buildspec                = file("${path.module}/../../stages/self-check/buildspec.yml")
  environment              = local.targets_location
  policy                   = data.aws_iam_policy_document.every_build["SelfCheck"].json
  artifact_bucket          = aws_s3_bucket.artifacts.bucket
  input_artifacts          = ["Programs"]
  kms_key_arn              = module.key.arn
  timeout_minutes          = var.timeout_minutes.self_check
  image                    = var.build.image
  image_repository_arn     = var.build.image_repository_arn
  compute_type             = var.build.compute_type
  environment_type         = var.build.environment_type
  vpc                      = var.build.vpc
  log_retention_days       = var.log_retention_days
  permissions_boundary_arn = var.permissions_boundary_arn
}

module "comply" {
  source = "../modules/build"

  name                     = local.projects.comply
  description              = "Plans a workload, and judges the plan by the guardrails."
  role_name                = "${var.name}-compliance-build"
  buildspec                = file("${path.module}/../../stages/comply/buildspec.yml")
  environment              = local.targets_location
  policy                   = data.aws_iam_policy_document.every_build["ComplianceCheck_*"].json
  artifact_bucket          = aws_s3_bucket.artifacts.bucket
  input_artifacts          = ["Programs"]
  kms_key_arn              = module.key.arn
  timeout_minutes          = var.timeout_minutes.comply
  image                    = var.build.image
  image_repository_arn     = var.build.image_repository_arn
  compute_type             = var.build.compute_type
  environment_type         = var.build.environment_type
  vpc                      = var.build.vpc
  log_retention_days       = var.log_retention_days
  permissions_boundary_arn = var.permissions_boundary_arn
}

# What both do. The self-check does no more: it assumes no role and sees no workload.
data "aws_iam_policy_document" "every_build" {
  for_each = toset(["SelfCheck", "ComplianceCheck_*"])

  statement {
    sid       = "CloneGuardrails"
    actions   = ["codecommit:GitPull"]
    resources = [local.repository.arn]
  }

  statement {
    sid       = "ReadTargets"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.artifacts.arn}/targets.json"]
  }

  statement {
    sid       = "WriteOwnResults"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.artifacts.arn}/results/${local.pipeline}/*/${each.key}.json"]
  }
}

resource "aws_iam_policy" "trial" {
  for_each = local.trial_roles_by_policy

  name        = "${var.name}-compliance-trial-${each.key}"
  description = "Takes the roles of workloads that read: repository, state, plan, ledger."
  policy      = data.aws_iam_policy_document.trial[each.key].json

  lifecycle {
    precondition {
      condition     = length(data.aws_iam_policy_document.trial[each.key].minified_json) <= 6144
      error_message = "The ARNs of the roles of workloads are too long for a policy of 6,144 characters: give the roles shorter paths."
    }
  }
}

resource "aws_iam_role_policy_attachment" "trial" {
  for_each = aws_iam_policy.trial

  role       = element(split("/", module.comply.role_arn), -1)
  policy_arn = each.value.arn
}

data "aws_iam_policy_document" "trial" {
  for_each = local.trial_roles_by_policy

  statement {
    sid       = "AssumeRolesOfWorkloads"
    actions   = ["sts:AssumeRole"]
    resources = each.value
  }
}
