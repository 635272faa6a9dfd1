# A tag, or a request → pipeline-starter → the pipeline of the environment.

locals {
  tag_pattern     = jsondecode(file("${path.module}/../../functions/pipeline-starter/event-pattern.json"))
  release_request = jsondecode(file("${path.module}/../../functions/pipeline-starter/release-request-pattern.json"))
}

module "pipeline_starter" {
  source = "../modules/event-processor"

  name                     = local.functions.starter
  description              = "Starts the pipeline of an environment with the tagged commit."
  package                  = var.pipeline_starter_package
  policy                   = data.aws_iam_policy_document.pipeline_starter.json
  impact                   = "Tags start no releases."
  kms_key_arn              = module.key.arn
  alarm_topic_arn          = module.alarms.arn
  lambda_runtime           = var.lambda_runtime
  memory_size              = var.memory_size
  log_retention_days       = var.log_retention_days
  permissions_boundary_arn = var.permissions_boundary_arn

  environment = {
    ENVIRONMENTS = jsonencode({ for name, environment in var.environments : name => {
      pipeline     = environment.pipeline
      sourceAction = "Source"
      regions      = environment.regions
      homeRegion   = environment.home_region
      teams        = keys(environment.targets)
    } })
    REPOSITORY     = local.repository.name
    REPOSITORY_ARN = local.repository.arn
    BRANCH         = local.repository.branch
    ACCOUNT_ID     = local.account
    TABLE_NAME     = aws_dynamodb_table.starts.name
    TOPIC_ARN      = module.releases.arn
  }

  # Another account or region may have a repository of the same name.
  triggers = {
    tag     = { event_pattern = jsonencode(merge(local.tag_pattern, { account = [local.account], resources = [local.repository.arn] })) }
    request = { event_pattern = jsonencode(merge(local.release_request, { account = [local.account], region = [var.region] })) }
  }
}

data "aws_iam_policy_document" "pipeline_starter" {
  statement {
    sid       = "FindTaggedCommit"
    actions   = ["codecommit:GetMergeOptions"]
    resources = [local.repository.arn]
  }

  statement {
    sid       = "StartPipelines"
    actions   = ["codepipeline:StartPipelineExecution"]
    resources = values(local.pipeline_arns)
  }

  statement {
    sid       = "RememberStarts"
    actions   = ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.starts.arn]
  }

  statement {
    sid       = "TellPeople"
    actions   = ["sns:Publish"]
    resources = [module.releases.arn]
  }
}

resource "aws_dynamodb_table" "starts" {
  name                        = "${var.name}-starts"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "id"
    type = "S"
  }

  ttl {
    attribute_name = "expiration"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = module.key.arn
  }
}
