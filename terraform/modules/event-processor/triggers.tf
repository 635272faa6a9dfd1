# Rules that wake the function, by events or by a schedule, and the queue for what could not be handed over.

data "aws_service_principal" "events" {
  service_name = "events"
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = var.triggers

  name                = "${var.name}-${each.key}"
  description         = "Wakes ${var.name}."
  event_pattern       = each.value.event_pattern
  schedule_expression = each.value.schedule
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = var.triggers

  rule  = aws_cloudwatch_event_rule.this[each.key].name
  arn   = aws_lambda_function.this.arn
  input = each.value.input

  retry_policy {
    maximum_event_age_in_seconds = each.value.maximum_event_age_in_seconds
    maximum_retry_attempts       = each.value.maximum_retry_attempts
  }

  dead_letter_config {
    arn = aws_sqs_queue.undelivered[0].arn
  }

  # Without them, the first events would be lost.
  depends_on = [aws_lambda_permission.trigger, aws_sqs_queue_policy.undelivered]
}

# A source account would keep EventBridge from invoking the function.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html
resource "aws_lambda_permission" "trigger" {
  for_each = var.triggers

  statement_id  = "Rule-${each.key}"
  function_name = aws_lambda_function.this.function_name
  action        = "lambda:InvokeFunction"
  principal     = data.aws_service_principal.events.name
  source_arn    = aws_cloudwatch_event_rule.this[each.key].arn
}

resource "aws_sqs_queue" "undelivered" {
  count = min(length(var.triggers), 1)

  name                      = "${var.name}-undelivered"
  message_retention_seconds = 1209600
  kms_master_key_id         = var.kms_key_arn
}

resource "aws_sqs_queue_policy" "undelivered" {
  count = length(aws_sqs_queue.undelivered)

  queue_url = aws_sqs_queue.undelivered[count.index].url
  policy    = data.aws_iam_policy_document.undelivered[count.index].json
}

data "aws_iam_policy_document" "undelivered" {
  count = length(aws_sqs_queue.undelivered)

  statement {
    sid       = "Rules"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.undelivered[count.index].arn]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.events.name]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = values(aws_cloudwatch_event_rule.this)[*].arn
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.undelivered[count.index].arn]

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
