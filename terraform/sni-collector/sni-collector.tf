# Alert logs → sni-collector → hostname table and digests.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

data "aws_service_principal" "logs" {
  service_name = "logs"
}

module "key" {
  source = "../modules/key"

  name       = var.name
  log_groups = ["/aws/lambda/${var.name}"]
  topics     = { cloudwatch = [local.topics.alarms] }
  queues     = { events = ["${var.name}-undelivered"] }
}

module "sni_collector" {
  source = "../modules/event-processor"

  name                     = var.name
  description              = "Collects the hostnames in the alerts of Network Firewalls, and e-mails the new ones."
  package                  = var.package
  policy                   = data.aws_iam_policy_document.sni_collector.json
  impact                   = "E-mails about new hostnames that workloads reach for come late or not at all."
  kms_key_arn              = module.key.arn
  alarm_topic_arn          = module.alarms.arn
  lambda_runtime           = var.lambda_runtime
  memory_size              = var.memory_size
  timeout                  = var.timeout
  reserved_concurrency     = var.reserved_concurrency
  log_retention_days       = var.log_retention_days
  permissions_boundary_arn = var.permissions_boundary_arn
  role_path                = var.role_path

  environment = {
    TABLE_NAME      = aws_dynamodb_table.hostnames.name
    TOPIC_ARN       = module.digests.arn
    DIGEST_MINUTES  = tostring(var.digest_minutes)
    TTL_DAYS        = tostring(var.ttl_days)
    DEFANG          = tostring(var.defang)
    MAX_PAYLOAD_MIB = tostring(var.max_payload_mib)
  }

  # Sends the digest that is due, when no alert comes. An event that fails is not missed: the next one comes in a minute.
  triggers = {
    flush = {
      schedule                     = "rate(1 minute)"
      maximum_event_age_in_seconds = 60
      maximum_retry_attempts       = 2
    }
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
    resources = [module.digests.arn]
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
    kms_key_arn = module.key.arn
  }
}

# Alerts wake the function.

resource "aws_lambda_permission" "alerts" {
  for_each = var.alert_log_groups

  # The name of a log group may be longer than this id, and have other characters.
  statement_id   = "AlertLog-${sha256(each.key)}"
  function_name  = module.sni_collector.function_name
  action         = "lambda:InvokeFunction"
  principal      = data.aws_service_principal.logs.name
  source_account = data.aws_caller_identity.current.account_id
  source_arn     = "arn:${data.aws_partition.current.partition}:logs:${var.region}:${data.aws_caller_identity.current.account_id}:log-group:${each.key}:*"
}

resource "aws_cloudwatch_log_subscription_filter" "alerts" {
  for_each = var.alert_log_groups

  name            = module.sni_collector.function_name
  log_group_name  = each.key
  destination_arn = module.sni_collector.function_arn
  # Alerts, and TLS records, which have no event type; no flows. The pattern of alerts asks for no hostname: it may be in many fields.
  filter_pattern = "{ ($.event.event_type = \"alert\") || ($.event.sni = \"*\") || ($.event.tls.sni = \"*\") }"

  # Without the permission, CloudWatch Logs skips the records of the next ten minutes.
  depends_on = [aws_lambda_permission.alerts]
}
