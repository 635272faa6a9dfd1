# The function, its log, and the queue for events that fail.

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_116: Failed events go to the on-failure destination, whose messages also hold the error.
  # checkov:skip=CKV_AWS_117: The function calls only public endpoints of AWS. In a VPC it would need a NAT gateway.
  # checkov:skip=CKV_AWS_272: Terraform compares the SHA-256 of the code. A signing profile would belong to the account.
  function_name                  = var.name
  description                    = var.description
  role                           = aws_iam_role.this.arn
  filename                       = var.package
  source_code_hash               = filebase64sha256(var.package)
  handler                        = "index.handler"
  runtime                        = var.lambda_runtime
  architectures                  = ["arm64"]
  memory_size                    = var.memory_size
  timeout                        = var.timeout
  reserved_concurrent_executions = coalesce(var.reserved_concurrency, -1)
  kms_key_arn                    = var.kms_key_arn

  environment {
    variables = merge(var.environment, { NODE_OPTIONS = "--enable-source-maps" })
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.this.name
  }

  tracing_config {
    mode = "Active"
  }

  # Without these policies, the first invocations could neither log nor do their work.
  depends_on = [aws_iam_role_policy.function, aws_iam_role_policy.platform]
}

resource "aws_lambda_function_event_invoke_config" "this" {
  function_name                = aws_lambda_function.this.function_name
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 21600

  destination_config {
    on_failure {
      destination = aws_sqs_queue.failures.arn
    }
  }
}

resource "aws_sqs_queue" "failures" {
  name                      = "${var.name}-failures"
  message_retention_seconds = 1209600
  kms_master_key_id         = var.kms_key_arn
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}
