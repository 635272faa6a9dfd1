# The builds, and what each may do. Who may do what is a table in the README, and in the tests.

locals {
  builds = {
    lint       = { action = "Lint", program = "lint", does = "Checks the form of", inputs = ["Programs"], outputs = [] }
    compliance = { action = "ComplianceCheck", program = "comply", does = "Checks the guardrails of", inputs = ["Programs"], outputs = [] }
    plan       = { action = "Plan", program = "plan", does = "Plans", inputs = ["Programs"], outputs = ["Plan"] }
    apply      = { action = "Apply", program = "apply", does = "Applies the plans of", inputs = ["Programs", "Plan"], outputs = [] }
  }

  policies = {
    lint       = data.aws_iam_policy_document.build["lint"].json
    compliance = data.aws_iam_policy_document.compliance.json
    plan       = data.aws_iam_policy_document.plan.json
    apply      = data.aws_iam_policy_document.apply.json
  }
}

module "build" {
  source   = "../modules/build"
  for_each = local.builds

  name                     = "${local.full_name}-${each.key}"
  description              = "${each.value.does} ${var.workload}."
  role_name                = "${var.name}-${each.key}-build-${var.workload}"
  buildspec                = file("${path.module}/../../stages/${each.value.program}/buildspec.yml")
  environment              = { TARGETS = "s3://${aws_s3_bucket.artifacts.bucket}/targets.json" }
  policy                   = local.policies[each.key]
  artifact_bucket          = module.artifact_bucket.name
  input_artifacts          = each.value.inputs
  output_artifacts         = each.value.outputs
  kms_key_arn              = module.key.arn
  timeout_minutes          = var.timeout_minutes[each.key]
  image                    = var.build.image
  image_repository_arn     = var.build.image_repository_arn
  compute_type             = var.build.compute_type
  environment_type         = var.build.environment_type
  vpc                      = var.build.vpc
  log_retention_days       = var.log_retention_days
  permissions_boundary_arn = var.permissions_boundary_arn
}

# What all builds do. Lint does no more: it assumes no role and sees no state.
data "aws_iam_policy_document" "build" {
  for_each = local.builds

  statement {
    sid       = "CloneRepository"
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
    resources = ["${aws_s3_bucket.artifacts.arn}/results/${local.full_name}/*/${each.value.action}.json"]
  }
}

# ComplianceCheck plans without the lock, so it writes nothing beside the state, and clones the guardrails.
data "aws_iam_policy_document" "compliance" {
  source_policy_documents = [data.aws_iam_policy_document.build["compliance"].json, data.aws_iam_policy_document.read_state.json, data.aws_iam_policy_document.secrets.json]

  # S3 says that a state is not there yet only to whoever may list the bucket.
  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket"]
    resources = [local.state_bucket]
  }

  statement {
    sid       = "AssumePlanRole"
    actions   = ["sts:AssumeRole"]
    resources = [local.role_arns.plan]
  }

  statement {
    sid       = "PullGuardrails"
    actions   = ["sts:AssumeRole"]
    resources = [local.guardrail_roles.pull]
  }
}

# Plan reads the state, and may only put and delete its lock.
data "aws_iam_policy_document" "plan" {
  source_policy_documents = [data.aws_iam_policy_document.build["plan"].json, data.aws_iam_policy_document.lock.json, data.aws_iam_policy_document.secrets.json]

  statement {
    sid       = "ReadState"
    actions   = ["s3:GetObject"]
    resources = [local.state_object]
  }

  statement {
    sid       = "AssumePlanRole"
    actions   = ["sts:AssumeRole"]
    resources = [local.role_arns.plan]
  }

  statement {
    sid       = "ReadOwnExecution"
    actions   = ["codepipeline:GetPipelineExecution"]
    resources = [local.pipeline_arn]
  }
}

# Apply writes the state.
data "aws_iam_policy_document" "apply" {
  source_policy_documents = [data.aws_iam_policy_document.build["apply"].json, data.aws_iam_policy_document.lock.json, data.aws_iam_policy_document.secrets.json]

  statement {
    sid       = "WriteState"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = [local.state_object]
  }

  statement {
    sid       = "AssumeApplyRole"
    actions   = ["sts:AssumeRole"]
    resources = [local.role_arns.apply]
  }

  statement {
    sid       = "ReadOwnExecutionAndApproval"
    actions   = ["codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions"]
    resources = [local.pipeline_arn]
  }
}

# What Plan and Apply both do.
data "aws_iam_policy_document" "lock" {
  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket"]
    resources = [local.state_bucket]
  }

  statement {
    sid       = "LockState"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["${local.state_object}.tflock"]
  }

  # An adopted bucket has a key of its own.
  statement {
    sid       = "UseKeyOfState"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [local.state.kms_key_arn]
  }
}

data "aws_iam_policy_document" "secrets" {
  dynamic "statement" {
    for_each = { for arn in values(var.secrets) : split(":", arn)[2] => arn... }

    content {
      sid       = { secretsmanager = "ReadSecrets", ssm = "ReadParameters" }[statement.key]
      actions   = [{ secretsmanager = "secretsmanager:GetSecretValue", ssm = "ssm:GetParameter" }[statement.key]]
      resources = distinct(statement.value)
    }
  }
}
