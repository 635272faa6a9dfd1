# The builds of each environment, and what each may do. Who may do what is a table in the README, and in the tests.

locals {
  target_roles = { for name, environment in var.environments : name => {
    for kind in ["plan", "apply"] : kind => {
      for team, target in environment.targets : team => "arn:${local.partition}:iam::${target.account_id}:role/${var.name}-${kind}-${name}"
    }
  } }

  secrets = { for name, environment in var.environments : name => flatten([for target in values(environment.targets) : values(target.secrets)]) }

  targets_location = { for name, bucket in aws_s3_bucket.artifacts : name => { TARGETS = "s3://${bucket.bucket}/targets.json" } }
}

module "lint" {
  source   = "../modules/build"
  for_each = var.environments

  name                     = "${var.name}-${each.key}-lint"
  description              = "Checks the form of what is released to ${each.key}."
  role_name                = "${var.name}-lint-build-${each.key}"
  buildspec                = file("${path.module}/../../stages/lint/buildspec.yml")
  environment              = local.targets_location[each.key]
  policy                   = data.aws_iam_policy_document.lint[each.key].json
  artifact_bucket          = aws_s3_bucket.artifacts[each.key].bucket
  input_artifacts          = ["Programs"]
  reports                  = ["lint"]
  kms_key_arn              = module.environment_key[each.key].arn
  timeout_minutes          = var.timeout_minutes.lint
  image                    = var.build.image
  image_repository_arn     = var.build.image_repository_arn
  compute_type             = var.build.compute_type
  environment_type         = var.build.environment_type
  vpc                      = var.build.vpc
  log_retention_days       = var.log_retention_days
  permissions_boundary_arn = var.permissions_boundary_arn
}

module "plan" {
  source   = "../modules/build"
  for_each = var.environments

  name                     = "${var.name}-${each.key}-plan"
  description              = "Plans releases to ${each.key}."
  role_name                = "${var.name}-plan-build-${each.key}"
  buildspec                = file("${path.module}/../../stages/plan/buildspec.yml")
  environment              = local.targets_location[each.key]
  policy                   = data.aws_iam_policy_document.plan[each.key].json
  artifact_bucket          = aws_s3_bucket.artifacts[each.key].bucket
  input_artifacts          = ["Programs"]
  output_artifacts         = ["Plan"]
  reports                  = ["scan"]
  kms_key_arn              = module.environment_key[each.key].arn
  timeout_minutes          = var.timeout_minutes.plan
  image                    = var.build.image
  image_repository_arn     = var.build.image_repository_arn
  compute_type             = var.build.compute_type
  environment_type         = var.build.environment_type
  vpc                      = var.build.vpc
  log_retention_days       = var.log_retention_days
  permissions_boundary_arn = var.permissions_boundary_arn
}

module "apply" {
  source   = "../modules/build"
  for_each = var.environments

  name                     = "${var.name}-${each.key}-apply"
  description              = "Applies the plans of releases to ${each.key}."
  role_name                = "${var.name}-apply-build-${each.key}"
  buildspec                = file("${path.module}/../../stages/apply/buildspec.yml")
  environment              = local.targets_location[each.key]
  policy                   = data.aws_iam_policy_document.apply[each.key].json
  artifact_bucket          = aws_s3_bucket.artifacts[each.key].bucket
  input_artifacts          = ["Programs", "Plan"]
  kms_key_arn              = module.environment_key[each.key].arn
  timeout_minutes          = var.timeout_minutes.apply
  image                    = var.build.image
  image_repository_arn     = var.build.image_repository_arn
  compute_type             = var.build.compute_type
  environment_type         = var.build.environment_type
  vpc                      = var.build.vpc
  log_retention_days       = var.log_retention_days
  permissions_boundary_arn = var.permissions_boundary_arn
}

# Lint reads code. It assumes no role and sees no state.
data "aws_iam_policy_document" "lint" {
  for_each = var.environments

  source_policy_documents = [data.aws_iam_policy_document.every_build["${each.key} Lint"].json]
}

# Plan reads the state, and may only put and delete its lock.
data "aws_iam_policy_document" "plan" {
  for_each = var.environments

  source_policy_documents = [data.aws_iam_policy_document.every_build["${each.key} Plan"].json, data.aws_iam_policy_document.release[each.key].json]

  statement {
    sid       = "ReadState"
    actions   = ["s3:GetObject"]
    resources = local.state_objects[each.key]
  }

  statement {
    sid       = "AssumePlanRoles"
    actions   = ["sts:AssumeRole"]
    resources = distinct(values(local.target_roles[each.key].plan))
  }

  statement {
    sid       = "ReadOwnExecution"
    actions   = ["codepipeline:GetPipelineExecution"]
    resources = [local.pipeline_arns[each.key]]
  }
}

# Apply writes the state.
data "aws_iam_policy_document" "apply" {
  for_each = var.environments

  source_policy_documents = [data.aws_iam_policy_document.every_build["${each.key} Apply"].json, data.aws_iam_policy_document.release[each.key].json]

  statement {
    sid       = "WriteState"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = local.state_objects[each.key]
  }

  statement {
    sid       = "AssumePlanAndApplyRoles"
    actions   = ["sts:AssumeRole"]
    resources = distinct(concat(values(local.target_roles[each.key].plan), values(local.target_roles[each.key].apply)))
  }

  statement {
    sid       = "ReadOwnExecutionAndApproval"
    actions   = ["codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions"]
    resources = [local.pipeline_arns[each.key]]
  }
}

# What all do.
data "aws_iam_policy_document" "every_build" {
  for_each = { for pair in setproduct(keys(var.environments), ["Lint", "ComplianceCheck", "Plan", "Apply"]) : "${pair[0]} ${pair[1]}" => { environment = pair[0], action = pair[1] } }

  statement {
    sid       = "CloneRepository"
    actions   = ["codecommit:GitPull"]
    resources = [local.repository.arn]
  }

  statement {
    sid       = "ReadTargets"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.artifacts[each.value.environment].arn}/targets.json"]
  }

  statement {
    sid       = "WriteOwnResults"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.artifacts[each.value.environment].arn}/results/${var.environments[each.value.environment].pipeline}/*/${each.value.action}.json"]
  }
}

# What Plan and Apply both do.
data "aws_iam_policy_document" "release" {
  for_each = var.environments

  source_policy_documents = [data.aws_iam_policy_document.secrets[each.key].json]

  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket"]
    resources = ["arn:${local.partition}:s3:::${local.states[each.key].bucket}"]
  }

  statement {
    sid       = "LockState"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = [for object in local.state_objects[each.key] : "${object}.tflock"]
  }

  # Of an environment, this is the key of the builds anyway. An adopted bucket has one of its own.
  statement {
    sid       = "UseKeyOfState"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [local.states[each.key].kms_key_arn]
  }

  # The partition key of the ledger is the environment.
  statement {
    sid       = "KeepLedger"
    actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
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

data "aws_iam_policy_document" "secrets" {
  for_each = var.environments

  dynamic "statement" {
    for_each = { for arn in local.secrets[each.key] : split(":", arn)[2] => arn... }

    content {
      sid       = { secretsmanager = "ReadSecrets", ssm = "ReadParameters" }[statement.key]
      actions   = [{ secretsmanager = "secretsmanager:GetSecretValue", ssm = "ssm:GetParameter" }[statement.key]]
      resources = distinct(statement.value)
    }
  }
}
