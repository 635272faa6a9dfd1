# A push to the branch starts the pipeline. CodePipeline does not poll.

data "aws_service_principal" "events" {
  service_name = "events"
}

locals {
  rules          = { start = "${local.full_name}-start", failed = "${local.full_name}-failed", ended = "${local.full_name}-ended" }
  rule_arns      = { for rule, name in local.rules : rule => "arn:${local.partition}:events:${var.region}:${local.account}:rule/${name}" }
  start_rule_arn = local.rule_arns.start
}

resource "aws_cloudwatch_event_rule" "start" {
  name        = local.rules.start
  description = "Starts ${local.full_name} when ${local.repository.branch} of ${local.repository.name} moves."
  event_pattern = jsonencode({
    source      = ["aws.codecommit"]
    detail-type = ["CodeCommit Repository State Change"]
    account     = [local.account]
    resources   = [local.repository.arn]
    detail = {
      event         = ["referenceCreated", "referenceUpdated"]
      referenceType = ["branch"]
      # Some events have the full name.
      referenceName = [local.repository.branch, "refs/heads/${local.repository.branch}"]
    }
  })
}

resource "aws_cloudwatch_event_target" "start" {
  rule     = aws_cloudwatch_event_rule.start.name
  arn      = local.pipeline_arn
  role_arn = aws_iam_role.start.arn

  dead_letter_config {
    arn = aws_sqs_queue.undelivered.arn
  }

  # Without them, the first events would be lost.
  depends_on = [aws_codepipeline.this, aws_iam_role_policy.start, aws_sqs_queue_policy.undelivered]
}

resource "aws_iam_role" "start" {
  name                 = "${var.name}-start-${var.workload}"
  description          = "Starts ${local.full_name} for pushes."
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.start_trust.json
}

data "aws_iam_policy_document" "start_trust" {
  statement {
    sid     = "Rule"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.events.name]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.start_rule_arn]
    }
  }
}

resource "aws_iam_role_policy" "start" {
  name   = "start"
  role   = aws_iam_role.start.id
  policy = data.aws_iam_policy_document.start.json
}

data "aws_iam_policy_document" "start" {
  statement {
    sid       = "StartPipeline"
    actions   = ["codepipeline:StartPipelineExecution"]
    resources = [local.pipeline_arn]
  }
}

# What EventBridge could not hand over: pushes, and messages.

resource "aws_sqs_queue" "undelivered" {
  name                      = "${local.full_name}-undelivered"
  message_retention_seconds = 1209600
  kms_master_key_id         = module.key.arn
}

resource "aws_sqs_queue_policy" "undelivered" {
  queue_url = aws_sqs_queue.undelivered.url
  policy    = data.aws_iam_policy_document.undelivered.json
}

data "aws_iam_policy_document" "undelivered" {
  statement {
    sid       = "Rules"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.undelivered.arn]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.events.name]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = values(local.rule_arns)
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.undelivered.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}
