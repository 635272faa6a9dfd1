data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

data "aws_service_principal" "codebuild" {
  service_name = "codebuild"
}

locals {
  # Version 6 of the provider deprecates the attribute `name`, and version 5 has no `region`; both have `id`.
  region    = data.aws_region.current.id
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  # By their names, since project and report groups come after the role.
  log           = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/codebuild/${var.name}"
  project       = "arn:${local.partition}:codebuild:${local.region}:${local.account}:project/${var.name}"
  reports       = toset(try(keys(yamldecode(var.buildspec).reports), []))
  report_groups = [for report in local.reports : "arn:${local.partition}:codebuild:${local.region}:${local.account}:report-group/${var.name}-${report}"]
  bucket        = "arn:${local.partition}:s3:::${var.artifact_bucket}"
  interfaces    = "arn:${local.partition}:ec2:${local.region}:${local.account}:network-interface/*"
}

# The name is fixed and the role has no path: roles of other accounts trust it by its ARN.
resource "aws_iam_role" "this" {
  name                 = var.role_name
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.assume.json
}

data "aws_iam_policy_document" "assume" {
  statement {
    sid     = "CodeBuild"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.codebuild.name]
    }

    # Only for builds of this project. https://docs.aws.amazon.com/codebuild/latest/userguide/cross-service-confused-deputy-prevention.html
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.project]
    }
  }
}

resource "aws_iam_role_policy" "program" {
  name   = "program"
  role   = aws_iam_role.this.id
  policy = var.policy
}

resource "aws_iam_role_policy" "platform" {
  name   = "platform"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.platform.json
}

# CodeBuild itself needs these actions, besides the AWS calls of the program.
data "aws_iam_policy_document" "platform" {
  # checkov:skip=CKV_AWS_111: EC2 gives network interfaces of builds no name or tag; the permission to use one is limited to CodeBuild and the subnets.
  # checkov:skip=CKV_AWS_356: EC2 describes no single network interface.
  statement {
    sid       = "WriteOwnLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.log}:*"]
  }

  # CodePipeline keeps an artifact in a folder with its name, below one of the pipeline.
  statement {
    sid       = "ReadArtifacts"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = [for artifact in var.input_artifacts : "${local.bucket}/*/${artifact}/*"]
  }

  dynamic "statement" {
    for_each = toset([for artifact in var.output_artifacts : "WriteArtifacts"])

    content {
      sid       = statement.value
      actions   = ["s3:PutObject"]
      resources = [for artifact in var.output_artifacts : "${local.bucket}/*/${artifact}/*"]
    }
  }

  statement {
    sid       = "UseOwnCache"
    actions   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
    resources = ["${local.bucket}/cache/${var.name}/*"]
  }

  statement {
    sid       = "FindBucket"
    actions   = ["s3:GetBucketAcl", "s3:GetBucketLocation"]
    resources = [local.bucket]
  }

  # The list of AWS. https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-kms.html
  statement {
    sid       = "UseKey"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = [var.kms_key_arn]
  }

  dynamic "statement" {
    for_each = toset([for report in local.reports : "WriteReports"])

    content {
      sid       = statement.value
      actions   = ["codebuild:BatchPutTestCases", "codebuild:CreateReport", "codebuild:UpdateReport"]
      resources = local.report_groups
    }
  }

  dynamic "statement" {
    for_each = var.image_repository_arn[*]

    content {
      sid       = "PullImage"
      actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.image_repository_arn[*]

    content {
      sid     = "LogInToEcr"
      actions = ["ecr:GetAuthorizationToken"]
      # This action has no resource.
      resources = ["*"]
    }
  }

  # https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html#customer-managed-policies-example-create-vpc-network-interface
  dynamic "statement" {
    for_each = var.vpc[*]

    content {
      sid = "UseNetworkInterfaces"
      actions = [
        "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
      ]
      # Most of these actions have no resource, and the interface has no name yet.
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = var.vpc[*]

    content {
      sid       = "LendNetworkInterfaces"
      actions   = ["ec2:CreateNetworkInterfacePermission"]
      resources = [local.interfaces]

      condition {
        test     = "StringEquals"
        variable = "ec2:AuthorizedService"
        values   = [data.aws_service_principal.codebuild.name]
      }

      condition {
        test     = "ArnEquals"
        variable = "ec2:Subnet"
        values   = [for subnet in statement.value.subnet_ids : "arn:${local.partition}:ec2:${local.region}:${local.account}:subnet/${subnet}"]
      }
    }
  }
}
