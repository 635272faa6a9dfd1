# The module, planned by the real provider, which renders the policies. A plan of new resources calls no AWS.

provider "aws" {
  region                      = "cn-north-1"
  access_key                  = "made-up"
  secret_key                  = "made-up"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

variables {
  name            = "made-up"
  description     = "Makes things up."
  role_name       = "made-up-build"
  buildspec       = "version: 0.2\nphases: {}\n"
  environment     = { TARGETS = "s3://artifacts/targets.json" }
  policy          = "{}"
  artifact_bucket = "artifacts"
  input_artifacts = ["Programs"]
  kms_key_arn     = "arn:aws-cn:kms:cn-north-1:111122223333:key/made-up"
}

run "a_build_runs_for_an_action_of_a_pipeline_and_is_not_privileged" {
  command = plan

  assert {
    condition     = aws_codebuild_project.this.source[0].type == "CODEPIPELINE" && aws_codebuild_project.this.source[0].buildspec == var.buildspec && one(aws_codebuild_project.this.artifacts).type == "CODEPIPELINE"
    error_message = "The pipeline gives the sources and takes the artifacts."
  }

  assert {
    condition     = aws_codebuild_project.this.environment[0].privileged_mode == false && aws_codebuild_project.this.environment[0].image_pull_credentials_type == "CODEBUILD"
    error_message = "Nobody needs Docker in a build."
  }

  assert {
    condition     = aws_codebuild_project.this.encryption_key == var.kms_key_arn && aws_cloudwatch_log_group.this.kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.this.name == "/aws/codebuild/made-up" && aws_cloudwatch_log_group.this.retention_in_days == 365
    error_message = "Artifacts, cache and log are encrypted with the key of the root."
  }

  assert {
    condition     = aws_codebuild_project.this.cache[0].type == "S3" && aws_codebuild_project.this.cache[0].location == "artifacts/cache/made-up"
    error_message = "Each project has a cache of its own."
  }

  assert {
    condition     = aws_codebuild_project.this.build_timeout == 60 && aws_codebuild_project.this.queued_timeout == 480 && length(aws_codebuild_project.this.vpc_config) == 0
    error_message = "A build ends after an hour, unless the root says otherwise."
  }
}

run "the_role_has_a_fixed_name_and_is_only_for_builds_of_this_project" {
  command = plan

  assert {
    condition     = aws_iam_role.this.name == "made-up-build" && aws_iam_role.this.path == "/"
    error_message = "Roles of other accounts trust it by its ARN."
  }

  assert {
    condition = jsondecode(data.aws_iam_policy_document.assume.json).Statement == [{
      Sid       = "CodeBuild"
      Effect    = "Allow"
      Principal = { Service = "codebuild.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws-cn:codebuild:cn-north-1:111122223333:project/made-up" } }
    }]
    error_message = "CodeBuild must not use it for another project."
  }
}

run "the_role_allows_only_what_codebuild_itself_needs" {
  command = plan

  assert {
    condition = { for statement in jsondecode(data.aws_iam_policy_document.platform.json).Statement : statement.Sid => flatten([statement.Resource]) } == {
      WriteOwnLog   = ["arn:aws-cn:logs:cn-north-1:111122223333:log-group:/aws/codebuild/made-up:*"]
      ReadArtifacts = ["arn:aws-cn:s3:::artifacts/*/Programs/*"]
      UseOwnCache   = ["arn:aws-cn:s3:::artifacts/cache/made-up/*"]
      FindBucket    = ["arn:aws-cn:s3:::artifacts"]
      UseKey        = [var.kms_key_arn]
    }
    error_message = "Without reports, output, VPC and image of its own it needs no more."
  }
}

run "reports_output_network_and_image_bring_the_rights_for_them" {
  command = plan

  variables {
    output_artifacts     = ["Plan"]
    buildspec            = "version: 0.2\nphases: {}\nreports:\n  scan: {}\n"
    timeout_minutes      = 2160
    image_repository_arn = "arn:aws-cn:ecr:cn-north-1:111122223333:repository/builds"
    vpc                  = { vpc_id = "vpc-1", subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
  }

  assert {
    condition = { for statement in jsondecode(data.aws_iam_policy_document.platform.json).Statement : statement.Sid => flatten([statement.Resource]) if !contains(["WriteOwnLog", "ReadArtifacts", "UseOwnCache", "FindBucket", "UseKey"], statement.Sid) } == {
      WriteArtifacts        = ["arn:aws-cn:s3:::artifacts/*/Plan/*"]
      WriteReports          = ["arn:aws-cn:codebuild:cn-north-1:111122223333:report-group/made-up-scan"]
      PullImage             = [var.image_repository_arn]
      LogInToEcr            = ["*"]
      UseNetworkInterfaces  = ["*"]
      LendNetworkInterfaces = ["arn:aws-cn:ec2:cn-north-1:111122223333:network-interface/*"]
    }
    error_message = "Each statement names its resource, except where the API has none."
  }

  assert {
    condition = [for statement in jsondecode(data.aws_iam_policy_document.platform.json).Statement : statement.Condition if statement.Sid == "LendNetworkInterfaces"] == [{
      ArnEquals    = { "ec2:Subnet" = "arn:aws-cn:ec2:cn-north-1:111122223333:subnet/subnet-1" }
      StringEquals = { "ec2:AuthorizedService" = "codebuild.amazonaws.com" }
    }]
    error_message = "Only CodeBuild gets the interface, and only in these subnets."
  }

  assert {
    condition     = aws_codebuild_report_group.this["scan"].name == "made-up-scan" && aws_codebuild_report_group.this["scan"].type == "TEST" && aws_codebuild_project.this.build_timeout == 2160
    error_message = "CodeBuild takes the report group with this name, and an apply may take 36 hours."
  }

  assert {
    condition     = aws_codebuild_project.this.environment[0].image_pull_credentials_type == "SERVICE_ROLE" && aws_codebuild_project.this.vpc_config[0].vpc_id == "vpc-1"
    error_message = "The role pulls the image."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    name                   = "-"
    role_name              = "made up"
    buildspec              = "buildspec.yml"
    input_artifacts        = []
    output_artifacts       = ["APlanWithALongName"]
    timeout_minutes        = 2161
    queued_timeout_minutes = 1
    environment_type       = "LINUX_LAMBDA_CONTAINER"
  }

  expect_failures = [
    var.name, var.role_name, var.buildspec, var.input_artifacts, var.output_artifacts, var.timeout_minutes, var.queued_timeout_minutes,
    var.environment_type,
  ]
}
