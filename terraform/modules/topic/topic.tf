# A topic for people and machines, and who may publish to it. A subscription by e-mail begins when the subscriber confirms it.

data "aws_caller_identity" "current" {}

data "aws_service_principal" "publisher" {
  for_each = var.publishing_services

  service_name = each.key
}

resource "aws_sns_topic" "this" {
  name              = var.name
  kms_master_key_id = var.kms_key_arn
}

resource "aws_sns_topic_policy" "this" {
  arn    = aws_sns_topic.this.arn
  policy = data.aws_iam_policy_document.this.json
}

data "aws_iam_policy_document" "this" {
  dynamic "statement" {
    for_each = data.aws_service_principal.publisher

    content {
      sid       = replace(title(statement.key), "-", "")
      actions   = ["sns:Publish"]
      resources = [aws_sns_topic.this.arn]

      principals {
        type        = "Service"
        identifiers = [statement.value.name]
      }

      dynamic "condition" {
        # EventBridge does not publish to a topic by a statement with a condition, and AWS documents none for notification rules.
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
        # https://docs.aws.amazon.com/dtconsole/latest/userguide/set-up-sns.html
        for_each = setsubtract([statement.key], ["codestar-notifications", "events"])

        content {
          test     = "StringEquals"
          variable = "aws:SourceAccount"
          values   = [data.aws_caller_identity.current.account_id]
        }
      }
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.this.arn]

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

resource "aws_sns_topic_subscription" "this" {
  for_each = var.subscribers

  topic_arn             = aws_sns_topic.this.arn
  protocol              = each.value.protocol
  endpoint              = each.key
  filter_policy         = each.value.filter == null ? null : jsonencode(each.value.filter)
  subscription_role_arn = each.value.role_arn
}

resource "aws_cloudwatch_metric_alarm" "failed" {
  alarm_name          = "${var.name}-not-delivered"
  alarm_description   = "SNS could not deliver messages of the topic ${var.name} to a subscriber. Impact: people or machines did not get them."
  namespace           = "AWS/SNS"
  metric_name         = "NumberOfNotificationsFailed"
  dimensions          = { TopicName = aws_sns_topic.this.name }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  # Without another topic, the subscribers that still get messages hear of it.
  alarm_actions = [coalesce(var.alarm_topic_arn, aws_sns_topic.this.arn)]
  ok_actions    = [coalesce(var.alarm_topic_arn, aws_sns_topic.this.arn)]
}
