# The pipeline: Source, SelfCheck, ComplianceCheck. It has no stage that reports: CodePipeline would enter it only where nothing failed.

data "aws_service_principal" "codepipeline" {
  service_name = "codepipeline"
}

locals {
  pipeline     = "${var.name}-guardrails"
  pipeline_arn = "arn:${local.partition}:codepipeline:${var.region}:${local.account}:${local.pipeline}"

  every_action = { COMMIT_ID = "#{Source.CommitId}", EXECUTION_ID = "#{codepipeline.PipelineExecutionId}" }
}

resource "aws_codepipeline" "this" {
  name          = local.pipeline
  role_arn      = aws_iam_role.pipeline.arn
  pipeline_type = "V2"
  # One after the other: a later push must not overtake the check of an earlier one.
  execution_mode = "QUEUED"

  artifact_store {
    type     = "S3"
    location = module.artifacts_bucket.name

    encryption_key {
      type = "KMS"
      id   = module.key.arn
    }
  }

  stage {
    name = "Source"

    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeCommit"
      version          = "1"
      namespace        = "Source"
      output_artifacts = ["Source"]

      configuration = {
        RepositoryName       = local.repository.name
        BranchName           = local.branches.source
        PollForSourceChanges = "false"
        OutputArtifactFormat = "CODEBUILD_CLONE_REF"
      }
    }

    action {
      name             = "Programs"
      category         = "Source"
      owner            = "AWS"
      provider         = "S3"
      version          = "1"
      output_artifacts = ["Programs"]

      configuration = {
        S3Bucket             = aws_s3_object.programs.bucket
        S3ObjectKey          = aws_s3_object.programs.key
        PollForSourceChanges = "false"
      }
    }
  }

  stage {
    name = "SelfCheck"

    action {
      name            = "SelfCheck"
      category        = "Test"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      run_order       = 1
      input_artifacts = ["Programs"]

      configuration = {
        ProjectName          = module.self_check.project_name
        EnvironmentVariables = jsonencode([for name, value in local.every_action : { name = name, value = value, type = "PLAINTEXT" }])
      }
    }
  }

  stage {
    name = "ComplianceCheck"

    dynamic "action" {
      for_each = var.workloads

      content {
        name            = "ComplianceCheck_${action.key}"
        category        = "Test"
        owner           = "AWS"
        provider        = "CodeBuild"
        version         = "1"
        run_order       = 1
        input_artifacts = ["Programs"]

        configuration = {
          ProjectName          = module.comply.project_name
          EnvironmentVariables = jsonencode([for name, value in merge(local.every_action, { WORKLOAD = action.key }) : { name = name, value = value, type = "PLAINTEXT" }])
        }
      }
    }
  }

  # Without them, CodePipeline could not start anything, and the first check could take no role.
  depends_on = [aws_iam_role_policy.pipeline, aws_iam_role_policy_attachment.trial, aws_s3_object.targets]
}

resource "aws_iam_role" "pipeline" {
  name                 = "${var.name}-guardrail-pipeline"
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.pipeline_trust.json
}

data "aws_iam_policy_document" "pipeline_trust" {
  statement {
    sid     = "CodePipeline"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.codepipeline.name]
    }

    # Only for this pipeline. https://docs.aws.amazon.com/codepipeline/latest/userguide/cross-service-confused-deputy-prevention.html
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.pipeline_arn]
    }
  }
}

resource "aws_iam_role_policy" "pipeline" {
  name   = "pipeline"
  role   = aws_iam_role.pipeline.id
  policy = data.aws_iam_policy_document.pipeline.json
}

data "aws_iam_policy_document" "pipeline" {
  # The format of the artifact is a reference to the commit: CodePipeline packs no archive.
  statement {
    sid       = "ReadCommit"
    actions   = ["codecommit:GetBranch", "codecommit:GetCommit", "codecommit:GetRepository"]
    resources = [local.repository.arn]
  }

  statement {
    sid       = "ReadPrograms"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${aws_s3_bucket.artifacts.arn}/${aws_s3_object.programs.key}"]
  }

  # CodePipeline keeps an artifact in a folder with its name, below one of the pipeline.
  statement {
    sid       = "KeepArtifacts"
    actions   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
    resources = [for artifact in ["Source", "Programs"] : "${aws_s3_bucket.artifacts.arn}/*/${artifact}/*"]
  }

  statement {
    sid       = "FindBucket"
    actions   = ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"]
    resources = [aws_s3_bucket.artifacts.arn]
  }

  statement {
    sid       = "UseKey"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = [module.key.arn]
  }

  statement {
    sid       = "RunBuilds"
    actions   = ["codebuild:BatchGetBuilds", "codebuild:StartBuild"]
    resources = [module.self_check.project_arn, module.comply.project_arn]
  }
}
