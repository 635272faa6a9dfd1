# The pipeline ended, a force merge, a write to main, and once a day → guardrail-merger → main, the page, and messages to people.

locals {
  merger_patterns = { for trigger, file in { checked = "event-pattern.json", forced = "pull-request-pattern.json", written = "branch-pattern.json" } :
    trigger => jsondecode(file("${path.module}/../../functions/guardrail-merger/${file}"))
  }
  # Another account or region may have a pipeline and a repository of the same name.
  merger_sources = {
    checked = { resources = [local.pipeline_arn], detail = { pipeline = [local.pipeline] } }
    forced = { resources = [local.repository.arn], detail = {
      destinationReference = ["refs/heads/${local.branches.target}"]
      sourceReference      = [{ prefix = local.force_branches }]
    } }
    written = { resources = [local.repository.arn], detail = { referenceName = local.names_of_branches.target } }
  }

  # By its name, since the function has it in its settings: modules/event-processor.
  merger_role_arn = "arn:${local.partition}:iam::${local.account}:role/${local.merger}-${var.region}"
}

module "guardrail_merger" {
  source = "../modules/event-processor"

  name                     = local.merger
  description              = "Merges guardrails that every workload passes, renders the page of each check, and e-mails people."
  package                  = var.guardrail_merger_package
  policy                   = data.aws_iam_policy_document.guardrail_merger.json
  impact                   = "Guardrails do not become active, or people do not hear of a check, a waiver or a write to ${local.branches.target}."
  kms_key_arn              = module.key.arn
  alarm_topic_arn          = module.alarms.arn
  lambda_runtime           = var.lambda_runtime
  memory_size              = var.memory_size
  timeout                  = 120
  log_retention_days       = var.log_retention_days
  permissions_boundary_arn = var.permissions_boundary_arn

  environment = {
    PIPELINE             = local.pipeline
    SOURCE_ARTIFACT      = "Source"
    REPOSITORY           = local.repository.name
    REPOSITORY_ARN       = local.repository.arn
    ACCOUNT_ID           = local.account
    SOURCE_BRANCH        = local.branches.source
    TARGET_BRANCH        = local.branches.target
    ON_DIVERGENCE        = var.on_divergence
    TOPIC_ARN            = module.guardrails.arn
    ARTIFACT_BUCKET      = aws_s3_bucket.artifacts.bucket
    REPORT_BUCKET        = module.reports_bucket.name
    TABLE_NAME           = aws_dynamodb_table.guardrails.name
    FORCE_PRINCIPALS     = jsonencode(var.force_principals)
    BREAK_GLASS_ROLE_ARN = aws_iam_role.break_glass.arn
    MERGER_ROLE_ARN      = local.merger_role_arn
  }

  triggers = merge(
    { for trigger, pattern in local.merger_patterns : trigger => {
      event_pattern = jsonencode(merge(pattern, {
        account   = [local.account]
        resources = local.merger_sources[trigger].resources
        detail    = merge(pattern.detail, local.merger_sources[trigger].detail)
      }))
    } },
    { daily = {
      schedule = "cron(0 7 * * ? *)"
      input    = jsonencode({ source = "palisade", "detail-type" = "Guardrail Waivers Due", account = local.account, region = var.region })
    } },
  )
}

data "aws_iam_policy_document" "guardrail_merger" {
  statement {
    sid       = "ReadExecutions"
    actions   = ["codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions"]
    resources = [local.pipeline_arn]
  }

  statement {
    sid = "ReadRepository"
    actions = [
      "codecommit:GetCommit", "codecommit:GetDifferences", "codecommit:GetFile", "codecommit:GetFolder", "codecommit:GetMergeConflicts",
      "codecommit:GetMergeOptions", "codecommit:GetPullRequest",
    ]
    resources = [local.repository.arn]
  }

  statement {
    sid       = "MergeIntoMain"
    actions   = ["codecommit:MergeBranchesByFastForward", "codecommit:MergeBranchesByThreeWay"]
    resources = [local.repository.arn]

    condition {
      test     = "StringEquals"
      variable = "codecommit:References"
      values   = ["refs/heads/${local.branches.target}"]
    }
  }

  statement {
    sid       = "ClosePullRequests"
    actions   = ["codecommit:PostCommentForPullRequest", "codecommit:UpdatePullRequestStatus"]
    resources = [local.repository.arn]
  }

  statement {
    sid       = "ReadTargetsAndResults"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.artifacts.arn}/targets.json", "${aws_s3_bucket.artifacts.arn}/results/${local.pipeline}/*"]
  }

  # With it S3 says of a result that is not there that it is missing, and not that access is denied.
  # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
  statement {
    sid       = "FindResults"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.artifacts.arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["results/${local.pipeline}/*"]
    }
  }

  statement {
    sid       = "KeepReports"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.reports.arn}/*"]
  }

  statement {
    sid       = "Remember"
    actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.guardrails.arn]
  }

  statement {
    sid       = "TellPeople"
    actions   = ["sns:Publish"]
    resources = [module.guardrails.arn]
  }
}

# Merges that people have not heard of, earlier runs, what each owner heard last, and waivers that were e-mailed.
resource "aws_dynamodb_table" "guardrails" {
  name                        = "${var.name}-guardrails"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
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
