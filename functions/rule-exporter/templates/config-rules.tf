# AWS Config rules that were written with the RDK. This file is the same for every export: what differs is in the variables.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0, < 7.0"
    }
  }
}

variable "source_bucket" {
  description = "S3 bucket that the code of the rules is taken from; without it, the zips beside this file are uploaded."
  type        = string
  default     = null
}

variable "managed_policies" {
  description = "Policies that every rule's function needs to look at resources: ARNs, or names of AWS's own policies."
  type        = list(string)
  default     = ["SecurityAudit"]
}

variable "assumed_role_name" {
  description = "Name, with * where it varies, of the roles that rules assume in the mode ASSUME_ROLE_MODE."
  type        = string
  default     = "*config-role*"
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of the roles."
  type        = string
  default     = null
}

variable "role_path" {
  description = "Path of the roles."
  type        = string
  default     = "/rdk/"
}

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
  default     = 365
}

variable "log_kms_key_arn" {
  description = "KMS key for the logs; without it they are encrypted by CloudWatch's own."
  type        = string
  default     = null
}

variable "rdklib_layer_versions" {
  description = "Versions of the rdklib layer by region, for other versions or regions than those known here."
  type        = map(number)
  default     = {}
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  # The attribute `name` is deprecated from version 6 of the provider on, and `region` is not in version 5; `id` is in both.
  region = data.aws_region.current.id

  functions     = { for name, rule in local.rules : name => rule.function if rule.kind == "custom" }
  account_rules = { for name, rule in local.rules : name => rule if !rule.organization }
  remediations  = { for name, rule in local.account_rules : name => rule.remediation if rule.remediation != null }
  documents     = { for name, remediation in local.remediations : name => remediation.document if remediation.document != null }

  # Where the rdk publishes its layer, and the version it names there. Elsewhere a rule needs the ARN of a layer.
  rdklib_layer_versions = merge({
    ap-northeast-1 = 28
    ap-northeast-2 = 28
    ap-south-1     = 28
    ap-southeast-1 = 87
    ap-southeast-2 = 26
    ca-central-1   = 28
    eu-central-1   = 27
    eu-north-1     = 27
    eu-west-1      = 28
    eu-west-2      = 24
    eu-west-3      = 28
    sa-east-1      = 28
    us-east-1      = 29
    us-east-2      = 90
    us-west-1      = 26
    us-west-2      = 27
  }, var.rdklib_layer_versions)
  rdklib_layer_version = lookup(local.rdklib_layer_versions, local.region, null)
  rdklib_layers        = local.rdklib_layer_version == null ? [] : ["arn:${local.partition}:lambda:${local.region}:711761543063:layer:rdklib-layer:${local.rdklib_layer_version}"]

  # Names of roles are global in an account and have 64 characters at the most.
  role_names       = { for name, function in local.functions : name => "${function.name}-${local.region}" }
  short_role_names = { for name, long in local.role_names : name => length(long) <= 64 ? long : "${substr(long, 0, 55)}-${substr(sha256(long), 0, 8)}" }
}

# The function of a custom rule.

resource "aws_cloudwatch_log_group" "function" {
  for_each = local.functions

  name              = "/aws/lambda/${each.value.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
  tags              = local.rules[each.key].tags
}

data "aws_iam_policy_document" "assume" {
  statement {
    sid     = "Lambda"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "function" {
  for_each = { for name, function in local.functions : name => function if function.role_arn == null && function.role_name == null }

  statement {
    sid       = "WriteOwnLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.function[each.key].arn}:*"]
  }

  statement {
    sid     = "ReportToConfig"
    actions = ["config:PutEvaluations"]
    # The action knows no resource.
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = length(each.value.subnet_ids) > 0 ? [1] : []

    content {
      sid     = "ConnectToVpc"
      actions = ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "ec2:DescribeVpcs", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"]
      # Lambda checks these permissions without naming a resource.
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = each.value.assume_role ? [1] : []

    content {
      sid     = "AssumeRoleOfRule"
      actions = ["sts:AssumeRole"]
      # Which role it is, Config tells the function with each event.
      resources = ["arn:${local.partition}:iam::*:role/${var.assumed_role_name}"]
    }
  }
}

resource "aws_iam_role" "function" {
  for_each = data.aws_iam_policy_document.function

  name                 = local.short_role_names[each.key]
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.assume.json
  tags                 = local.rules[each.key].tags
}

resource "aws_iam_role_policy" "function" {
  for_each = data.aws_iam_policy_document.function

  name   = "rule"
  role   = aws_iam_role.function[each.key].id
  policy = each.value.json
}

resource "aws_iam_role_policy_attachment" "function" {
  for_each = { for pair in setproduct(keys(data.aws_iam_policy_document.function), var.managed_policies) : "${pair[0]} ${pair[1]}" => { rule = pair[0], policy = pair[1] } }

  role       = aws_iam_role.function[each.value.rule].name
  policy_arn = startswith(each.value.policy, "arn:") ? each.value.policy : "arn:${local.partition}:iam::aws:policy/${each.value.policy}"
}

data "aws_iam_role" "existing" {
  for_each = { for name, function in local.functions : name => function.role_name if function.role_arn == null && function.role_name != null }

  name = each.value
}

resource "aws_s3_object" "code" {
  for_each = { for name, function in local.functions : name => function.code if var.source_bucket != null && function.code.file != null }

  bucket      = var.source_bucket
  key         = "${each.key}/${basename(each.value.file)}"
  source      = "${path.module}/${each.value.file}"
  source_hash = each.value.sha256
}

resource "aws_lambda_function" "rule" {
  # checkov:skip=CKV_AWS_50: A rule reports to Config and writes its log; tracing would need permissions that it has no use for.
  # checkov:skip=CKV_AWS_115: What is reserved for each of many rules is taken from all other functions of the account.
  # checkov:skip=CKV_AWS_116: Config shows at the rule that its function failed, and evaluates again at the next change or time.
  # checkov:skip=CKV_AWS_272: Terraform knows the code by its SHA-256; a signing profile is the account's to have.
  for_each = local.functions

  function_name    = each.value.name
  description      = local.rules[each.key].description
  runtime          = each.value.runtime
  handler          = each.value.handler
  timeout          = each.value.timeout
  memory_size      = each.value.memory_size
  layers           = concat(each.value.rdklib ? local.rdklib_layers : [], each.value.layers)
  role             = coalesce(each.value.role_arn, try(data.aws_iam_role.existing[each.key].arn, null), try(aws_iam_role.function[each.key].arn, null))
  filename         = var.source_bucket == null ? "${path.module}/${each.value.code.file}" : null
  s3_bucket        = var.source_bucket
  s3_key           = var.source_bucket == null ? null : try(aws_s3_object.code[each.key].key, each.value.code.key)
  source_code_hash = each.value.code.sha256
  tags             = local.rules[each.key].tags

  dynamic "vpc_config" {
    for_each = length(each.value.subnet_ids) > 0 ? [1] : []

    content {
      subnet_ids         = each.value.subnet_ids
      security_group_ids = each.value.security_group_ids
    }
  }

  lifecycle {
    precondition {
      condition     = !each.value.rdklib || length(local.rdklib_layers) > 0
      error_message = "The rdk publishes no layer in ${local.region}: export ${each.key} with --rdklib-layer-arn, or set rdklib_layer_versions."
    }

    precondition {
      condition     = var.source_bucket != null || each.value.code.file != null
      error_message = "The code of ${each.key} lies in S3: set source_bucket."
    }
  }

  depends_on = [aws_cloudwatch_log_group.function, aws_iam_role_policy.function, aws_iam_role_policy_attachment.function]
}

resource "aws_lambda_permission" "config" {
  for_each = local.functions

  statement_id  = "AllowConfig"
  function_name = aws_lambda_function.rule[each.key].function_name
  action        = "lambda:InvokeFunction"
  principal     = "config.amazonaws.com"
  # The rule of an organization is invoked from every account of it.
  source_account = local.rules[each.key].organization ? null : local.account
}

# The rules.

resource "aws_config_config_rule" "rule" {
  for_each = local.account_rules

  name                        = each.key
  description                 = each.value.description
  input_parameters            = each.value.input_parameters
  maximum_execution_frequency = each.value.kind == "custom" ? null : each.value.frequency
  tags                        = each.value.tags

  dynamic "evaluation_mode" {
    for_each = each.value.evaluation_modes

    content {
      mode = evaluation_mode.value
    }
  }

  dynamic "scope" {
    for_each = length(each.value.resource_types) > 0 ? [1] : []

    content {
      compliance_resource_types = each.value.resource_types
    }
  }

  source {
    owner             = { custom = "CUSTOM_LAMBDA", managed = "AWS", guard = "CUSTOM_POLICY" }[each.value.kind]
    source_identifier = each.value.kind == "custom" ? aws_lambda_function.rule[each.key].arn : each.value.identifier

    dynamic "source_detail" {
      for_each = each.value.kind == "managed" ? [] : each.value.triggers

      content {
        message_type                = source_detail.value
        maximum_execution_frequency = source_detail.value == "ScheduledNotification" ? each.value.frequency : null
      }
    }

    dynamic "custom_policy_details" {
      for_each = each.value.policy == null ? [] : [each.value.policy]

      content {
        policy_runtime = custom_policy_details.value.runtime
        policy_text    = custom_policy_details.value.text
      }
    }
  }

  # Config tries to invoke the function when the rule is made.
  depends_on = [aws_lambda_permission.config]
}

resource "aws_config_organization_custom_rule" "rule" {
  for_each = { for name, rule in local.rules : name => rule if rule.organization && rule.kind == "custom" }

  name                        = each.key
  description                 = each.value.description
  lambda_function_arn         = aws_lambda_function.rule[each.key].arn
  trigger_types               = each.value.triggers
  input_parameters            = each.value.input_parameters
  maximum_execution_frequency = each.value.frequency
  resource_types_scope        = length(each.value.resource_types) > 0 ? each.value.resource_types : null
  excluded_accounts           = each.value.excluded_accounts

  depends_on = [aws_lambda_permission.config]
}

resource "aws_config_organization_managed_rule" "rule" {
  for_each = { for name, rule in local.rules : name => rule if rule.organization && rule.kind == "managed" }

  name                        = each.key
  description                 = each.value.description
  rule_identifier             = each.value.identifier
  input_parameters            = each.value.input_parameters
  maximum_execution_frequency = each.value.frequency
  resource_types_scope        = length(each.value.resource_types) > 0 ? each.value.resource_types : null
  excluded_accounts           = each.value.excluded_accounts
}

resource "aws_config_organization_custom_policy_rule" "rule" {
  for_each = { for name, rule in local.rules : name => rule if rule.organization && rule.kind == "guard" }

  name                 = each.key
  description          = each.value.description
  policy_runtime       = each.value.policy.runtime
  policy_text          = each.value.policy.text
  trigger_types        = each.value.triggers
  input_parameters     = each.value.input_parameters
  resource_types_scope = length(each.value.resource_types) > 0 ? each.value.resource_types : null
  excluded_accounts    = each.value.excluded_accounts
}

# Remediation.

resource "aws_ssm_document" "remediation" {
  for_each = local.documents

  name            = each.value.name
  document_type   = "Automation"
  document_format = "JSON"
  content         = each.value.content
  tags            = local.rules[each.key].tags
}

data "aws_iam_policy_document" "remediation_assume" {
  statement {
    sid     = "Automation"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ssm.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

data "aws_iam_policy_document" "remediation" {
  for_each = { for name, document in local.documents : name => document if length(document.actions) > 0 }

  statement {
    sid     = "Remediate"
    actions = each.value.actions
    # Which resources do not comply is not known before.
    resources = ["*"]
  }
}

resource "aws_iam_role" "remediation" {
  for_each = data.aws_iam_policy_document.remediation

  name                 = "${substr(local.documents[each.key].name, 0, 20)}-${substr(sha256("${each.key} ${local.region}"), 0, 8)}-remediation"
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.remediation_assume.json
  tags                 = local.rules[each.key].tags
}

resource "aws_iam_role_policy" "remediation" {
  for_each = data.aws_iam_policy_document.remediation

  name   = "remediation"
  role   = aws_iam_role.remediation[each.key].id
  policy = each.value.json
}

resource "aws_config_remediation_configuration" "rule" {
  for_each = local.remediations

  config_rule_name           = aws_config_config_rule.rule[each.key].name
  target_type                = "SSM_DOCUMENT"
  target_id                  = try(aws_ssm_document.remediation[each.key].name, each.value.target_id)
  target_version             = each.value.target_version
  resource_type              = each.value.resource_type
  automatic                  = each.value.automatic
  maximum_automatic_attempts = each.value.maximum_automatic_attempts
  retry_attempt_seconds      = each.value.retry_attempt_seconds

  dynamic "execution_controls" {
    for_each = each.value.concurrent_execution_rate_percentage == null && each.value.error_percentage == null ? [] : [1]

    content {
      ssm_controls {
        concurrent_execution_rate_percentage = each.value.concurrent_execution_rate_percentage
        error_percentage                     = each.value.error_percentage
      }
    }
  }

  dynamic "parameter" {
    for_each = each.value.parameters

    content {
      name           = parameter.key
      resource_value = parameter.value.resource_value
      static_value   = parameter.key == "AutomationAssumeRole" && contains(keys(aws_iam_role.remediation), each.key) ? aws_iam_role.remediation[each.key].arn : length(parameter.value.static_values) == 1 ? parameter.value.static_values[0] : null
      static_values  = length(parameter.value.static_values) > 1 ? parameter.value.static_values : null
    }
  }
}
