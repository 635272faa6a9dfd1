# The project, its log, and the report groups that its buildspec names.

resource "aws_codebuild_project" "this" {
  name                   = var.name
  description            = var.description
  service_role           = aws_iam_role.this.arn
  build_timeout          = var.timeout_minutes
  queued_timeout         = var.queued_timeout_minutes
  encryption_key         = var.kms_key_arn
  concurrent_build_limit = var.concurrent_build_limit

  source {
    type      = "CODEPIPELINE"
    buildspec = var.buildspec
  }

  artifacts {
    type = "CODEPIPELINE"
  }

  # A build that another project made could poison the cache: each project has its own.
  cache {
    type     = "S3"
    location = "${var.artifact_bucket}/cache/${var.name}"
  }

  environment {
    type                        = var.environment_type
    compute_type                = var.compute_type
    image                       = var.image
    image_pull_credentials_type = local.pull_credentials

    dynamic "environment_variable" {
      for_each = var.environment

      content {
        name  = environment_variable.key
        value = environment_variable.value
      }
    }
  }

  logs_config {
    cloudwatch_logs {
      status     = "ENABLED"
      group_name = aws_cloudwatch_log_group.this.name
    }
  }

  dynamic "vpc_config" {
    for_each = var.vpc[*]

    content {
      vpc_id             = vpc_config.value.vpc_id
      subnets            = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  # Without them, the first build could neither log nor do its work. In a VPC, CodeBuild checks them right away.
  depends_on = [aws_iam_role_policy.platform, aws_iam_role_policy.program]
}

locals {
  # An image in a repository of ECR is pulled by the role of the build.
  pull_credentials = var.image_repository_arn == null ? "CODEBUILD" : "SERVICE_ROLE"
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/codebuild/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

# CodeBuild takes the group <project>-<name in the buildspec>, or makes one.
# https://docs.aws.amazon.com/codebuild/latest/userguide/report-group-naming.html
resource "aws_codebuild_report_group" "this" {
  for_each = local.reports

  name           = "${var.name}-${each.key}"
  type           = "TEST"
  delete_reports = true

  export_config {
    type = "NO_EXPORT"
  }
}
