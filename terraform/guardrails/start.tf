# A push to develop → the pipeline. The queue keeps the events that EventBridge could not hand over.

data "aws_service_principal" "events" {
  service_name = "events"
}

resource "aws_cloudwatch_event_rule" "start" {
  name        = "${var.name}-guardrail-start"
  description = "Starts ${local.pipeline} for a push to ${local.branches.source}."

  # Another account or region may have a repository of the same name.
  event_pattern = jsonencode({
    source        = ["aws.codecommit"]
    "detail-type" = ["CodeCommit Repository State Change"]
    account       = [local.account]
    resources     = [local.repository.arn]
    detail = {
      event         = ["referenceCreated", "referenceUpdated"]
      referenceType = ["branch"]
      referenceName = local.names_of_branches.source
    }
  })
}

resource "aws_cloudwatch_event_target" "start" {
  rule     = aws_cloudwatch_event_rule.start.name
  arn      = aws_codepipeline.this.arn
  role_arn = aws_iam_role.start.arn

  dead_letter_config {
    arn = aws_sqs_queue.start.arn
  }

  # Without them, the first pushes would start nothing, and be lost.
  depends_on = [aws_iam_role_policy.start, aws_sqs_queue_policy.start]
}

resource "aws_iam_role" "start" {
  name                 = "${var.name}-guardrail-start"
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.start_trust.json
}

data "aws_iam_policy_document" "start_trust" {
  statement {
    sid     = "EventBridge"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.events.name]
    }

    # Only for this rule. https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.start.arn]
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

resource "aws_sqs_queue" "start" {
  name                      = local.start_queue
  message_retention_seconds = 1209600
  kms_master_key_id         = module.key.arn
}

resource "aws_sqs_queue_policy" "start" {
  queue_url = aws_sqs_queue.start.url
  policy    = data.aws_iam_policy_document.start_queue.json
}

data "aws_iam_policy_document" "start_queue" {
  statement {
    sid       = "Rule"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.start.arn]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.events.name]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.start.arn]
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.start.arn]

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
