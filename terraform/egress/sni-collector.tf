# Alert logs → sni-collector → hostname table and digests.

module "sni_collector" {
  source = "../modules/event-processor"

  name                     = "${var.name}-sni-collector"
  description              = "Collects the hostnames in the alerts of a Network Firewall, and e-mails the new ones."
  package                  = var.package
  policy                   = data.aws_iam_policy_document.sni_collector.json
  impact                   = "No e-mails come about new hostnames that workloads reach for, or about blocked ones."
  alarm_topic_arn          = aws_sns_topic.alarms.arn
  lambda_runtime           = var.lambda_runtime
  log_retention_days       = var.log_retention_days
  permissions_boundary_arn = var.permissions_boundary_arn
  role_path                = var.role_path

  environment = {
    TABLE_NAME      = aws_dynamodb_table.hostnames.name
    TOPIC_ARN       = aws_sns_topic.digests.arn
    DIGEST_MINUTES  = tostring(var.digest_minutes)
    TTL_DAYS        = tostring(var.ttl_days)
    DEFANG          = tostring(var.defang)
    MAX_PAYLOAD_MIB = tostring(var.max_payload_mib)
  }
}

data "aws_iam_policy_document" "sni_collector" {
  statement {
    sid       = "RememberHostnames"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.hostnames.arn]
  }

  statement {
    sid       = "SendDigests"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.digests.arn]
  }
}

resource "aws_dynamodb_table" "hostnames" {
  name                        = "${var.name}-hostnames"
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
    attribute_name = "expiresAt"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = module.sni_collector.kms_key_arn
  }
}

# Alerts wake the function.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  alert_log_group_name = coalesce(var.alert_log_group_name, one(aws_cloudwatch_log_group.alert[*].name))
}

resource "aws_lambda_permission" "alerts" {
  statement_id   = "AllowAlertLog"
  function_name  = module.sni_collector.function_name
  action         = "lambda:InvokeFunction"
  principal      = "logs.amazonaws.com"
  source_account = data.aws_caller_identity.current.account_id
  source_arn     = "arn:${data.aws_partition.current.partition}:logs:${var.region}:${data.aws_caller_identity.current.account_id}:log-group:${local.alert_log_group_name}:*"
}

resource "aws_cloudwatch_log_subscription_filter" "alerts" {
  name            = module.sni_collector.function_name
  log_group_name  = local.alert_log_group_name
  destination_arn = module.sni_collector.function_arn
  # Alerts, and TLS records, which have no event type; no flows. The pattern of alerts asks for no hostname: it may be in many fields.
  filter_pattern = "{ ($.event.event_type = \"alert\") || ($.event.sni = \"*\") || ($.event.tls.sni = \"*\") }"

  # Without the permission, CloudWatch Logs skips the records of the next ten minutes.
  depends_on = [aws_lambda_permission.alerts]
}

# The schedule wakes the function too, so that a digest is sent on time when no alert comes.

resource "aws_scheduler_schedule" "flush" {
  # checkov:skip=CKV_AWS_297: It holds no data.
  name                = "${var.name}-flush"
  description         = "Makes sni-collector send the digest that is due."
  schedule_expression = "rate(1 minute)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.sni_collector.function_arn
    role_arn = aws_iam_role.flush.arn
    input    = jsonencode({ source = "aws.scheduler", detail-type = "Scheduled Event" })

    # The next event comes in a minute.
    retry_policy {
      maximum_event_age_in_seconds = 60
      maximum_retry_attempts       = 2
    }

    dead_letter_config {
      arn = aws_sqs_queue.flush_failures.arn
    }
  }
}

resource "aws_sqs_queue" "flush_failures" {
  name                      = "${var.name}-flush-failures"
  message_retention_seconds = 1209600
  kms_master_key_id         = module.sni_collector.kms_key_arn
}

data "aws_iam_policy_document" "scheduler" {
  statement {
    sid     = "Scheduler"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_iam_role" "flush" {
  name                 = "${var.name}-flush-${var.region}"
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.scheduler.json
}

resource "aws_iam_role_policy" "flush" {
  name   = "flush"
  role   = aws_iam_role.flush.id
  policy = data.aws_iam_policy_document.flush.json
}

data "aws_iam_policy_document" "flush" {
  statement {
    sid       = "Invoke"
    actions   = ["lambda:InvokeFunction"]
    resources = [module.sni_collector.function_arn]
  }

  statement {
    sid       = "KeepFailedEvents"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.flush_failures.arn]
  }

  statement {
    sid       = "UseKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = [module.sni_collector.kms_key_arn]
  }
}
