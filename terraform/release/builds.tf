# The builds of each environment, and what each may do. Who may do what is a table in the README, and in the tests.

locals {
  target_roles = { for name, environment in var.environments : name => {
    for kind in ["plan", "apply"] : kind => {
      for team, target in environment.targets : team => "arn:${local.partition}:iam::${target.account_id}:role/${var.name}-${kind}-${name}"
    }
  } }

  secrets = { for name, environment in var.environments : name => flatten([for target in values(environment.targets) : values(target.secrets)]) }

  stages = merge(
    {
      lint  = { program = "lint", action = "Lint", description = "Checks the form of what is released to", inputs = ["Programs"], outputs = [] }
      plan  = { program = "plan", action = "Plan", description = "Plans releases to", inputs = ["Programs"], outputs = ["Plan"] }
      apply = { program = "apply", action = "Apply", description = "Applies the plans of releases to", inputs = ["Programs", "Plan"], outputs = [] }
    },
    { for guardrails in var.guardrails[*] : "compliance" =>
      { program = "comply", action = "ComplianceCheck", description = "Checks the guardrails of releases to", inputs = ["Programs"], outputs = [] }
    },
  )

  # A build of each stage for each environment, such as prod-plan.
  builds = { for pair in setproduct(keys(var.environments), keys(local.stages)) : "${pair[0]}-${pair[1]}" => { environment = pair[0], stage = pair[1] } }

  policies = {
    lint       = data.aws_iam_policy_document.lint
    plan       = data.aws_iam_policy_document.plan
    apply      = data.aws_iam_policy_document.apply
    compliance = data.aws_iam_policy_document.compliance
  }
}

module "build" {
  source   = "../modules/build"
  for_each = local.builds

  name                     = "${var.name}-${each.key}"
  description              = "${local.stages[each.value.stage].description} ${each.value.environment}."
  role_name                = "${var.name}-${each.value.stage}-build-${each.value.environment}"
  buildspec                = file("${path.module}/../../stages/${local.stages[each.value.stage].program}/buildspec.yml")
  environment              = { TARGETS = "s3://${aws_s3_bucket.artifacts[each.value.environment].bucket}/targets.json" }
  policy                   = local.policies[each.value.stage][each.value.environment].json
  artifact_bucket          = aws_s3_bucket.artifacts[each.value.environment].bucket
  input_artifacts          = local.stages[each.value.stage].inputs
  output_artifacts         = local.stages[each.value.stage].outputs
  kms_key_arn              = module.environment_key[each.value.environment].arn
  timeout_minutes          = var.timeout_minutes[each.value.stage]
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

  source_policy_documents = [data.aws_iam_policy_document.every_build["${each.key}-lint"].json]
}

# Plan reads the state, and may only put and delete its lock.
data "aws_iam_policy_document" "plan" {
  for_each = var.environments

  source_policy_documents = [data.aws_iam_policy_document.every_build["${each.key}-plan"].json, data.aws_iam_policy_document.release[each.key].json]

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

# Apply writes the state and the ledger.
data "aws_iam_policy_document" "apply" {
  for_each = var.environments

  source_policy_documents = [data.aws_iam_policy_document.every_build["${each.key}-apply"].json, data.aws_iam_policy_document.release[each.key].json]

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

  # The conditions of ReadLedger.
  statement {
    sid       = "WriteLedger"
    actions   = ["dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.releases.arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = [each.key]
    }

    condition {
      test     = "Null"
      variable = "dynamodb:LeadingKeys"
      values   = ["false"]
    }
  }

  statement {
    sid       = "ReadOwnExecutionAndApproval"
    actions   = ["codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions"]
    resources = [local.pipeline_arns[each.key]]
  }
}

# What all do.
data "aws_iam_policy_document" "every_build" {
  for_each = local.builds

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
    resources = ["${aws_s3_bucket.artifacts[each.value.environment].arn}/results/${var.environments[each.value.environment].pipeline}/*/${local.stages[each.value.stage].action}.json"]
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
