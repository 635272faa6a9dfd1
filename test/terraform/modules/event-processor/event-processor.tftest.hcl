# The module, on a mocked provider.

mock_provider "aws" {
  source = "./mock-aws"
}

variables {
  name            = "made-up"
  description     = "Does what is made up."
  package         = "../../../dist/sni-collector.zip"
  environment     = { TOPIC_ARN = "made-up" }
  policy          = "{}"
  impact          = "No e-mails come."
  alarm_topic_arn = "arn:aws-cn:sns:cn-north-1:111122223333:alarms"
  # The newest that the provider knows before version 6.
  lambda_runtime = "nodejs22.x"
}

run "the_function_is_small_traced_and_logs_json" {
  assert {
    condition     = aws_lambda_function.this.architectures == tolist(["arm64"]) && aws_lambda_function.this.memory_size == 1024 && aws_lambda_function.this.timeout == 60 && aws_lambda_function.this.handler == "index.handler"
    error_message = "The bundles export index.handler, and the timeouts of the clients fit 60 s."
  }

  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "Active" && aws_lambda_function.this.logging_config[0].log_format == "JSON" && aws_lambda_function.this.logging_config[0].log_group == aws_cloudwatch_log_group.this.name
    error_message = "Operators find a fault by traces and JSON logs."
  }

  assert {
    condition     = aws_lambda_function.this.source_code_hash == filebase64sha256("../../../dist/sni-collector.zip")
    error_message = "The function changes with its code, and only then."
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables == tomap({ TOPIC_ARN = "made-up", NODE_OPTIONS = "--enable-source-maps" }) && aws_lambda_function.this.kms_key_arn == aws_kms_key.this.arn
    error_message = "Settings are encrypted; errors name lines of TypeScript."
  }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == -1
    error_message = "Reserved concurrency is taken from all other functions of the account, so there is none by default."
  }
}

run "an_event_that_fails_is_retried_and_then_kept_in_a_queue" {
  assert {
    condition     = aws_lambda_function_event_invoke_config.this.maximum_retry_attempts == 2 && aws_lambda_function_event_invoke_config.this.maximum_event_age_in_seconds == 21600 && aws_lambda_function_event_invoke_config.this.destination_config[0].on_failure[0].destination == aws_sqs_queue.failures.arn
    error_message = "An event that is neither processed nor kept is lost."
  }

  assert {
    condition     = aws_sqs_queue.failures.message_retention_seconds == 1209600 && aws_sqs_queue.failures.kms_master_key_id == aws_kms_key.this.arn
    error_message = "The queue is encrypted and keeps an event for 14 days, the longest that SQS allows."
  }
}

run "logs_are_encrypted_and_kept_for_a_year" {
  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 365 && aws_cloudwatch_log_group.this.kms_key_id == aws_kms_key.this.arn && aws_kms_key.this.enable_key_rotation
    error_message = "A log group that Lambda makes keeps logs for ever, without a key of ours."
  }
}

run "the_role_allows_only_what_lambda_and_the_function_need" {
  assert {
    condition = jsonencode({ for statement in data.aws_iam_policy_document.platform.statement : statement.sid => concat(sort(statement.actions), ["on"], sort(statement.resources)) }) == jsonencode({
      WriteOwnLog      = ["logs:CreateLogStream", "logs:PutLogEvents", "on", "${aws_cloudwatch_log_group.this.arn}:*"]
      KeepFailedEvents = ["sqs:SendMessage", "on", aws_sqs_queue.failures.arn]
      UseKey           = ["kms:Decrypt", "kms:GenerateDataKey*", "on", aws_kms_key.this.arn]
      WriteTraces      = ["xray:PutTelemetryRecords", "xray:PutTraceSegments", "on", "*"]
    })
    error_message = "Each statement names its resource, except for X-Ray, which has none. No statement allows to make a log group."
  }

  assert {
    condition     = aws_iam_role_policy.function.policy == "{}" && aws_iam_role.this.name == "made-up-cn-north-1" && aws_iam_role.this.path == "/" && aws_iam_role.this.permissions_boundary == null
    error_message = "The root gives the policy. The name has the region, since roles are global in an account."
  }

  assert {
    condition     = jsonencode({ for statement in data.aws_iam_policy_document.key.statement : statement.sid => flatten(statement.principals[*].identifiers[*]) }) == jsonencode({ AccountDecidesByIam = ["arn:aws-cn:iam::111122223333:root"], LogsOfTheAccount = ["logs.cn-north-1.amazonaws.com"], AlarmsToEncryptedTopics = ["cloudwatch.amazonaws.com"] })
    error_message = "Without CloudWatch in the policy of the key, alarms do not reach an encrypted topic."
  }

  assert {
    condition     = alltrue([for statement in data.aws_iam_policy_document.key.statement : statement.sid == "AccountDecidesByIam" || length(statement.condition) == 1])
    error_message = "A service may use the key only for this account."
  }
}

run "the_role_takes_a_path_and_a_permissions_boundary" {
  command = plan

  variables {
    role_path                = "/palisade/"
    permissions_boundary_arn = "arn:aws-cn:iam::111122223333:policy/boundary"
  }

  assert {
    condition     = aws_iam_role.this.path == "/palisade/" && aws_iam_role.this.permissions_boundary == "arn:aws-cn:iam::111122223333:policy/boundary"
    error_message = "Many accounts allow no role without them."
  }
}

run "each_fault_has_an_alarm_that_says_what_it_means" {
  variables {
    timeout              = 100
    reserved_concurrency = 5
  }

  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => "${alarm.namespace} ${alarm.metric_name} ${alarm.statistic} > ${alarm.threshold}" } == {
      failures  = "AWS/SQS ApproximateNumberOfMessagesVisible Maximum > 0"
      errors    = "AWS/Lambda Errors Sum > 0"
      throttles = "AWS/Lambda Throttles Sum > 0"
      duration  = "AWS/Lambda Duration Maximum > 80000"
    }
    error_message = "The alarms are for failed events, errors, throttles, and invocations of more than 80 % of the timeout, in ms."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset([var.alarm_topic_arn]) && alarm.ok_actions == toset([var.alarm_topic_arn]) && endswith(alarm.alarm_description, " Impact: No e-mails come.") && alarm.treat_missing_data == "notBreaching" && alarm.comparison_operator == "GreaterThanThreshold"])
    error_message = "Each alarm goes to the topic, when it begins and when it ends, and says what it means for people."
  }

  assert {
    condition     = alltrue([for name, alarm in aws_cloudwatch_metric_alarm.this : alarm.dimensions == (name == "failures" ? tomap({ QueueName = "made-up-failures" }) : tomap({ FunctionName = "made-up" }))])
    error_message = "The alarms are for this function and its queue."
  }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == 5
    error_message = "The function has the reserved concurrency that it was given."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    name                 = "Made_Up"
    package              = "none.zip"
    lambda_runtime       = "nodejs18.x"
    memory_size          = 128
    timeout              = 5
    reserved_concurrency = 0
    log_retention_days   = 42
    role_path            = "palisade"
  }

  expect_failures = [var.name, var.package, var.lambda_runtime, var.memory_size, var.timeout, var.reserved_concurrency, var.log_retention_days, var.role_path]
}
