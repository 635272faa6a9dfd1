# The key of one root. Roles of the account use it by their own policies; AWS services only for what the root names.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

data "aws_service_principal" "this" {
  for_each = setunion(["logs"], keys(var.topics), keys(var.queues))

  service_name = each.key
}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  # Version 6 of the provider deprecates the attribute `name`, and version 5 has no `region`; both have `id`.
  region = data.aws_region.current.id

  # The encryption context names what is encrypted. EventBridge sends KMS no other condition key.
  # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
  uses = merge(
    { LogGroups = {
      principal = data.aws_service_principal.this["logs"].id
      actions   = ["kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
      context   = "aws:logs:arn"
      arns      = [for name in var.log_groups : "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:${name}"]
    } },
    { for service, names in var.topics : "${replace(title(service), "-", "")}ToTopics" => {
      principal = data.aws_service_principal.this[service].name
      actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
      context   = "aws:sns:topicArn"
      arns      = [for name in names : "arn:${local.partition}:sns:${local.region}:${local.account}:${name}"]
    } },
    { for service, names in var.queues : "${replace(title(service), "-", "")}ToQueues" => {
      principal = data.aws_service_principal.this[service].name
      actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
      context   = "aws:sqs:arn"
      arns      = [for name in names : "arn:${local.partition}:sqs:${local.region}:${local.account}:${name}"]
    } },
  )
}

resource "aws_kms_key" "this" {
  description         = "Data of ${var.name}."
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.this.json
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}

data "aws_iam_policy_document" "this" {
  # checkov:skip=CKV_AWS_109: This is the policy of a key: without the account in it, nobody could administer the key.
  # checkov:skip=CKV_AWS_111: This is the policy of a key: * is that key.
  # checkov:skip=CKV_AWS_356: This is the policy of a key: * is that key.
  statement {
    sid       = "AccountDecidesByIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }

  dynamic "statement" {
    # A condition without a value is no condition.
    for_each = { for sid, use in local.uses : sid => use if length(use.arns) > 0 }

    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = [statement.value.principal]
      }

      condition {
        test     = "ArnEquals"
        variable = "kms:EncryptionContext:${statement.value.context}"
        values   = statement.value.arns
      }
    }
  }
}
