# The pipeline: Source, Lint, ComplianceCheck beside Plan, Approve, Apply.

data "aws_service_principal" "codepipeline" {
  service_name = "codepipeline"
}

locals {
  pipeline_arn = "arn:${local.partition}:codepipeline:${var.region}:${local.account}:${local.full_name}"

  every_action = { COMMIT_ID = "#{Source.CommitId}", EXECUTION_ID = "#{codepipeline.PipelineExecutionId}" }
  apply_action = merge(local.every_action, { PLAN_SHA256 = "#{Plan.PLAN_SHA256}", PLAN_FINGERPRINT = "#{Plan.PLAN_FINGERPRINT}" })
  variables_of = { for action, variables in { every = local.every_action, apply = local.apply_action } : action =>
    jsonencode([for name, value in variables : { name = name, value = value, type = "PLAINTEXT" }])
  }

  # The result of a condition takes effect when its rule is not met: a stage is skipped when the number of changes is 0.
  # https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html
  anything_changes = { Variable = "#{Plan.CHANGES}", Operator = "NE", Value = "0" }
}

resource "aws_codepipeline" "this" {
  name          = local.full_name
  role_arn      = aws_iam_role.pipeline.arn
  pipeline_type = "V2"
  # In the order of the pushes: a later one waits behind an approval.
  execution_mode = "QUEUED"

  artifact_store {
    type     = "S3"
    location = module.artifact_bucket.name

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
        BranchName           = local.repository.branch
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
        S3Bucket             = module.artifact_bucket.name
        S3ObjectKey          = aws_s3_object.programs.key
        PollForSourceChanges = "false"
      }
    }
  }

  stage {
    name = "Lint"

    action {
      name            = "Lint"
      category        = "Test"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      input_artifacts = ["Programs"]

      configuration = {
        ProjectName          = module.build["lint"].project_name
        EnvironmentVariables = local.variables_of.every
      }
    }
  }

  # Both always run: people get the verdict of the guardrails and of the plan at once.
  stage {
    name = "Plan"

    action {
      name            = "ComplianceCheck"
      category        = "Test"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      run_order       = 1
      input_artifacts = ["Programs"]

      configuration = {
        ProjectName          = module.build["compliance"].project_name
        EnvironmentVariables = local.variables_of.every
      }
    }

    action {
      name             = "Plan"
      category         = "Build"
      owner            = "AWS"
      provider         = "CodeBuild"
      version          = "1"
      run_order        = 1
      namespace        = "Plan"
      input_artifacts  = ["Programs"]
      output_artifacts = ["Plan"]

      configuration = {
        ProjectName          = module.build["plan"].project_name
        EnvironmentVariables = local.variables_of.every
      }
    }
  }

  dynamic "stage" {
    for_each = local.approvals

    content {
      name = stage.value

      before_entry {
        condition {
          result = "SKIP"

          rule {
            name          = "AnythingChanges"
            configuration = local.anything_changes

            rule_type_id {
              category = "Rule"
              owner    = "AWS"
              provider = "VariableCheck"
              version  = "1"
            }
          }
        }
      }

      action {
        name               = "Approve"
        category           = "Approval"
        owner              = "AWS"
        provider           = "Manual"
        version            = "1"
        timeout_in_minutes = var.approval_days * 1440

        configuration = {
          CustomData      = "#{Plan.SUMMARY}"
          NotificationArn = module.releases.arn
        }
      }
    }
  }

  stage {
    name = "Apply"

    before_entry {
      condition {
        result = "SKIP"

        rule {
          name          = "AnythingChanges"
          configuration = local.anything_changes

          rule_type_id {
            category = "Rule"
            owner    = "AWS"
            provider = "VariableCheck"
            version  = "1"
          }
        }
      }
    }

    action {
      name            = "Apply"
      category        = "Build"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      input_artifacts = ["Programs", "Plan"]

      configuration = {
        ProjectName          = module.build["apply"].project_name
        PrimarySource        = "Programs"
        EnvironmentVariables = local.variables_of.apply
      }
    }
  }

  # Without it, CodePipeline could not start anything.
  depends_on = [aws_iam_role_policy.pipeline]
}

resource "aws_iam_role" "pipeline" {
  name                 = "${var.name}-pipeline-${var.workload}"
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
    resources = [for artifact in ["Source", "Programs", "Plan"] : "${aws_s3_bucket.artifacts.arn}/*/${artifact}/*"]
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
    resources = values(module.build)[*].project_arn
  }

  # Approve tells people that it waits.
  dynamic "statement" {
    for_each = local.approvals

    content {
      sid       = "TellApprovers"
      actions   = ["sns:Publish"]
      resources = [module.releases.arn]
    }
  }
}
