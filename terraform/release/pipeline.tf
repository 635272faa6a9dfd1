# The pipeline of each environment: Source, Plan, Approve, Apply.

data "aws_service_principal" "codepipeline" {
  service_name = "codepipeline"
}

locals {
  pipeline_arns = { for name, environment in var.environments : name => "arn:${local.partition}:codepipeline:${var.region}:${local.account}:${environment.pipeline}" }

  # pipeline-starter sets all of them; without a default value nobody starts a release without.
  pipeline_variables = {
    ENV                     = "Environment."
    TARGET_DEPLOYMENT_SCOPE = "Region, or global."
    SCOPE_KIND              = "regional or global: which root of the repository is deployed."
    TEAM                    = "Team."
    VERSION                 = "Version."
    TAG                     = "Tag that asked for the release."
    COMMIT_ID               = "Commit that the tag pointed to."
    REGION                  = "Region to deploy to; for global the home region."
    STATE_KEY               = "Key of the state in the state bucket of the environment."
    TAGGED_BY               = "ARN of who pushed the tag or asked for the release, or unknown."
    REQUESTED_AT            = "Time of the event, such as 2026-11-24T10:00:00Z."
    REASON                  = "Why the release was asked for again; - for a pushed tag."
  }

  # The environment of an action is one value of at most 1,000 characters: stages derive the rest from the tag.
  # https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
  every_action = { TAG = "#{variables.TAG}", COMMIT_ID = "#{variables.COMMIT_ID}", EXECUTION_ID = "#{codepipeline.PipelineExecutionId}" }
  apply_action = merge(local.every_action, { PLAN_SHA256 = "#{Plan.PLAN_SHA256}", PLAN_FINGERPRINT = "#{Plan.PLAN_FINGERPRINT}" })
  variables_of = { for action, variables in { every = local.every_action, apply = local.apply_action } : action =>
    jsonencode([for name, value in variables : { name = name, value = value, type = "PLAINTEXT" }])
  }

  # The result of a condition takes effect when its rule is not met: a stage is skipped when the number of changes is 0.
  # https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html
  anything_changes = { Variable = "#{Plan.CHANGES}", Operator = "NE", Value = "0" }

  # CodePipeline puts variables into the JSON of an action as they are: a quote in one would add variables to the environment
  # of a build, such as NODE_OPTIONS, before the program can refuse the execution.
  # https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html
  forms = {
    TagHasItsForm    = { Variable = "#{variables.TAG}", Operator = "MATCHES", Value = "^[A-Za-z0-9_/.+-]+$" }
    CommitHasItsForm = { Variable = "#{variables.COMMIT_ID}", Operator = "MATCHES", Value = "^[0-9a-f]{40}$" }
  }
}

resource "aws_codepipeline" "this" {
  for_each = var.environments

  name          = each.value.pipeline
  role_arn      = aws_iam_role.pipeline[each.key].arn
  pipeline_type = "V2"
  # An execution that waits for its approval holds nobody up. The lock of the state and stale plans keep the order.
  execution_mode = "PARALLEL"

  artifact_store {
    type     = "S3"
    location = aws_s3_bucket.artifacts[each.key].bucket

    encryption_key {
      type = "KMS"
      id   = module.environment_key[each.key].arn
    }
  }

  dynamic "variable" {
    for_each = local.pipeline_variables

    content {
      name        = variable.key
      description = variable.value
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
        S3Bucket             = aws_s3_bucket.artifacts[each.key].bucket
        S3ObjectKey          = aws_s3_object.programs[each.key].key
        PollForSourceChanges = "false"
      }
    }
  }

  stage {
    name = "Plan"

    before_entry {
      condition {
        result = "FAIL"

        dynamic "rule" {
          for_each = local.forms

          content {
            name          = rule.key
            configuration = rule.value

            rule_type_id {
              category = "Rule"
              owner    = "AWS"
              provider = "VariableCheck"
              version  = "1"
            }
          }
        }
      }
    }

    action {
      name            = "Lint"
      category        = "Test"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      run_order       = 1
      input_artifacts = ["Programs"]

      configuration = {
        ProjectName          = module.build["${each.key}-lint"].project_name
        EnvironmentVariables = local.variables_of.every
      }
    }

    dynamic "action" {
      for_each = [for name in keys(local.checked) : "ComplianceCheck" if name == each.key]

      content {
        name            = action.value
        category        = "Test"
        owner           = "AWS"
        provider        = "CodeBuild"
        version         = "1"
        run_order       = 1
        input_artifacts = ["Programs"]

        configuration = {
          ProjectName          = module.build["${each.key}-compliance"].project_name
          EnvironmentVariables = local.variables_of.every
        }
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
        ProjectName          = module.build["${each.key}-plan"].project_name
        EnvironmentVariables = local.variables_of.every
      }
    }
  }

  dynamic "stage" {
    for_each = [for approval in [each.value.approval] : "Approve" if approval]

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
        timeout_in_minutes = each.value.approval_days * 1440

        configuration = {
          CustomData = "#{Plan.SUMMARY}"
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
        ProjectName          = module.build["${each.key}-apply"].project_name
        PrimarySource        = "Programs"
        EnvironmentVariables = local.variables_of.apply
      }
    }
  }

  # Without it, CodePipeline could not start anything.
  depends_on = [aws_iam_role_policy.pipeline]
}

resource "aws_iam_role" "pipeline" {
  for_each = var.environments

  name                 = "${var.name}-pipeline-${each.key}"
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.pipeline_trust[each.key].json
}

data "aws_iam_policy_document" "pipeline_trust" {
  for_each = var.environments

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
      values   = [local.pipeline_arns[each.key]]
    }
  }
}

resource "aws_iam_role_policy" "pipeline" {
  for_each = var.environments

  name   = "pipeline"
  role   = aws_iam_role.pipeline[each.key].id
  policy = data.aws_iam_policy_document.pipeline[each.key].json
}

data "aws_iam_policy_document" "pipeline" {
  for_each = var.environments

  # The format of the artifact is a reference to the commit: CodePipeline packs no archive.
  statement {
    sid       = "ReadCommit"
    actions   = ["codecommit:GetBranch", "codecommit:GetCommit", "codecommit:GetRepository"]
    resources = [local.repository.arn]
  }

  statement {
    sid       = "ReadPrograms"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${aws_s3_bucket.artifacts[each.key].arn}/${aws_s3_object.programs[each.key].key}"]
  }

  # CodePipeline keeps an artifact in a folder with its name, below one of the pipeline.
  statement {
    sid       = "KeepArtifacts"
    actions   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
    resources = [for artifact in ["Source", "Programs", "Plan"] : "${aws_s3_bucket.artifacts[each.key].arn}/*/${artifact}/*"]
  }

  statement {
    sid       = "FindBucket"
    actions   = ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"]
    resources = [aws_s3_bucket.artifacts[each.key].arn]
  }

  statement {
    sid       = "UseKey"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = [module.environment_key[each.key].arn]
  }

  statement {
    sid       = "RunBuilds"
    actions   = ["codebuild:BatchGetBuilds", "codebuild:StartBuild"]
    resources = [for stage in keys(local.stages) : module.build["${each.key}-${stage}"].project_arn]
  }
}
