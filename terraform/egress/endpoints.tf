# S3 and DynamoDB by gateway endpoints of the private subnets: without a charge, and past the firewall. So the policies say
# whose buckets and tables workloads reach in the mode enforce.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

data "aws_vpc_endpoint_service" "this" {
  for_each = local.endpoint_policies

  service      = each.key
  service_type = "Gateway"
}

locals {
  endpoint_policies = {
    s3       = data.aws_iam_policy_document.s3.json
    dynamodb = data.aws_iam_policy_document.dynamodb.json
  }
}

resource "aws_vpc_endpoint" "this" {
  for_each = local.endpoint_policies

  vpc_id            = aws_vpc.this.id
  service_name      = data.aws_vpc_endpoint_service.this[each.key].service_name
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for letter in keys(local.zones) : aws_route_table.this["private-${letter}"].id]
  policy            = each.value
  tags              = { Name = "${var.name}-${each.key}" }
}

data "aws_iam_policy_document" "s3" {
  statement {
    sid       = "BucketsOfTheseAccounts"
    actions   = ["s3:*"]
    resources = ["*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringLike"
      variable = "aws:ResourceAccount"
      values   = local.modes[var.mode].endpoint_accounts
    }
  }

  statement {
    sid     = "ImagesAndPackagesOfAws"
    actions = ["s3:GetObject"]

    resources = [
      # https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms
      "arn:${data.aws_partition.current.partition}:s3:::prod-${var.region}-starport-layer-bucket/*",
      # https://docs.aws.amazon.com/linux/al2023/ug/deterministic-upgrades.html
      "arn:${data.aws_partition.current.partition}:s3:::al2023-repos-${var.region}-de612dc2/*",
    ]

    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "dynamodb" {
  statement {
    sid       = "TablesOfTheseAccounts"
    actions   = ["dynamodb:*"]
    resources = ["*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringLike"
      variable = "aws:ResourceAccount"
      values   = local.modes[var.mode].endpoint_accounts
    }
  }
}
