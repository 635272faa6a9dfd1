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

  # The encryption context names what is encrypted. EventBridge sends no other condition key to KMS.
  # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
  services = merge(
    { for service, topics in var.topics : "${title(service)}ToTopics" => {
      service = service
      context = "aws:sns:topicArn"
      arns    = [for topic in topics : "arn:${local.partition}:sns:${local.region}:${local.account}:${topic}"]
    } },
    { for service, queues in var.queues : "${title(service)}ToQueues" => {
      service = service
      context = "aws:sqs:arn"
      arns    = [for queue in queues : "arn:${local.partition}:sqs:${local.region}:${local.account}:${queue}"]
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

  # A statement without a log group would allow nothing.
  statement {
    sid       = "LogGroups"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.this["logs"].id]
    }

    condition {
      test     = "ArnEquals"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = [for name in var.log_groups : "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:${name}"]
    }
  }

  dynamic "statement" {
    for_each = local.services

    content {
      sid       = statement.key
      actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = [data.aws_service_principal.this[statement.value.service].name]
      }

      condition {
        test     = "ArnEquals"
        variable = "kms:EncryptionContext:${statement.value.context}"
        values   = statement.value.arns
      }
    }
  }
}
