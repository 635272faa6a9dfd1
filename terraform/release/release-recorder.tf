# Events of the release pipelines, and a schedule → release-recorder → the ledger, and messages to people.

locals {
  recorder_patterns = { for trigger, file in { execution = "event-pattern.json", approval = "approval-pattern.json" } :
    trigger => jsondecode(file("${path.module}/../../functions/release-recorder/${file}"))
  }
}

module "release_recorder" {
  source = "../modules/event-processor"

  name                     = local.functions.recorder
  description              = "Keeps the ledger of releases, and e-mails people when they have to know or act."
  package                  = var.release_recorder_package
  policy                   = data.aws_iam_policy_document.release_recorder.json
  impact                   = "People do not hear of releases that wait or failed, and the ledger lacks what the builds do not write."
  kms_key_arn              = module.key.arn
  alarm_topic_arn          = module.alarms.arn
  lambda_runtime           = var.lambda_runtime
  memory_size              = var.memory_size
  log_retention_days       = var.log_retention_days
  permissions_boundary_arn = var.permissions_boundary_arn

  environment = {
    ENVIRONMENTS = jsonencode({ for name, environment in var.environments : name => {
      pipeline       = environment.pipeline
      artifactBucket = aws_s3_bucket.artifacts[name].bucket
      approval       = try({ roleArn = aws_iam_role.approve[name].arn, days = local.approved_environments[name].approval_days }, null)
    } })
    ACCOUNT_ID = local.account
    TABLE_NAME = aws_dynamodb_table.releases.name
    TOPIC_ARN  = module.releases.arn
  }

  triggers = merge(
    # Another account may have a pipeline of the same name.
    { for trigger, pattern in local.recorder_patterns : trigger => {
      event_pattern = jsonencode(merge(pattern, {
        account = [local.account]
        region  = [var.region]
        detail  = merge(pattern.detail, { pipeline = values(var.environments)[*].pipeline })
      }))
    } },
    # Finds what no event came for, and approvals that expire soon.
    { hourly = { schedule = "rate(1 hour)" } },
  )
}

data "aws_iam_policy_document" "release_recorder" {
  statement {
    sid       = "ReadExecutions"
    actions   = ["codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions", "codepipeline:ListPipelineExecutions"]
    resources = values(local.pipeline_arns)
  }

  statement {
    sid       = "ReadResults"
    actions   = ["s3:GetObject"]
    resources = [for name, bucket in aws_s3_bucket.artifacts : "${bucket.arn}/results/${var.environments[name].pipeline}/*"]
  }

  # With it S3 says of a result that is not there that it is missing, and not that access is denied.
  # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
  statement {
    sid       = "FindResults"
    actions   = ["s3:ListBucket"]
    resources = values(aws_s3_bucket.artifacts)[*].arn

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = [for environment in values(var.environments) : "results/${environment.pipeline}/*"]
    }
  }

  statement {
    sid       = "DecryptResults"
    actions   = ["kms:Decrypt"]
    resources = values(module.environment_key)[*].arn
  }

  statement {
    sid       = "KeepLedger"
    actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.releases.arn]
  }

  statement {
    sid       = "TellPeople"
    actions   = ["sns:Publish"]
    resources = [module.releases.arn]
  }
}
