# The module, on a mocked provider.

mock_provider "aws" {
  source = "./mock-aws"

  override_resource {
    target = aws_sqs_queue.undelivered
    values = { arn = "arn:aws-cn:sqs:cn-north-1:111122223333:undelivered", url = "https://sqs.cn-north-1.amazonaws.com.cn/111122223333/undelivered" }
  }
}

variables {
  name            = "made-up"
  description     = "Does what is made up."
  package         = "../../../dist/sni-collector.zip"
  environment     = { TOPIC_ARN = "made-up" }
  policy          = "{}"
  impact          = "No e-mails come."
  kms_key_arn     = "arn:aws-cn:kms:cn-north-1:111122223333:key/made-up"
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
    condition     = aws_lambda_function.this.environment[0].variables == tomap({ TOPIC_ARN = "made-up", NODE_OPTIONS = "--enable-source-maps" }) && aws_lambda_function.this.kms_key_arn == var.kms_key_arn
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
    condition     = aws_sqs_queue.failures.message_retention_seconds == 1209600 && aws_sqs_queue.failures.kms_master_key_id == var.kms_key_arn
    error_message = "The queue is encrypted and keeps an event for 14 days, the longest that SQS allows."
  }
}

run "logs_are_encrypted_and_kept_for_a_year" {
  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 365 && aws_cloudwatch_log_group.this.kms_key_id == var.kms_key_arn
    error_message = "A log group that Lambda makes keeps logs for ever, without a key of ours."
  }
}

run "the_role_allows_only_what_lambda_and_the_function_need" {
  assert {
    condition = jsonencode({ for statement in data.aws_iam_policy_document.platform.statement : statement.sid => concat(sort(statement.actions), ["on"], sort(statement.resources)) }) == jsonencode({
      WriteOwnLog      = ["logs:CreateLogStream", "logs:PutLogEvents", "on", "${aws_cloudwatch_log_group.this.arn}:*"]
      KeepFailedEvents = ["sqs:SendMessage", "on", aws_sqs_queue.failures.arn]
      UseKey           = ["kms:Decrypt", "kms:GenerateDataKey*", "on", var.kms_key_arn]
      WriteTraces      = ["xray:PutTelemetryRecords", "xray:PutTraceSegments", "on", "*"]
    })
    error_message = "Each statement names its resource, except for X-Ray, which has none. No statement allows to make a log group."
  }

  assert {
    condition     = jsonencode([for statement in data.aws_iam_policy_document.assume.statement : [statement.sid, statement.actions, statement.principals[*].identifiers]]) == jsonencode([["Lambda", ["sts:AssumeRole"], [[data.aws_service_principal.lambda.name]]]])
    error_message = "Only Lambda has the role."
  }

  assert {
    condition     = aws_iam_role_policy.function.policy == "{}" && aws_iam_role.this.name == "made-up-cn-north-1" && aws_iam_role.this.path == "/" && aws_iam_role.this.permissions_boundary == null
    error_message = "The root gives the policy. The name has the region, since roles are global in an account."
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

run "without_triggers_there_is_no_rule_and_no_queue_for_what_rules_cannot_hand_over" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_event_rule.this) + length(aws_cloudwatch_event_target.this) + length(aws_lambda_permission.trigger) + length(aws_sqs_queue.undelivered) + length(aws_sqs_queue_policy.undelivered) == 0 && output.undelivered_queue_name == null
    error_message = "A function that something else wakes needs none of them."
  }
}

run "a_trigger_wakes_the_function_by_events_or_by_a_schedule" {
  variables {
    triggers = {
      tag   = { event_pattern = file("../../../functions/pipeline-starter/event-pattern.json") }
      flush = { schedule = "rate(1 minute)", input = "{\"made\":\"up\"}", maximum_event_age_in_seconds = 60, maximum_retry_attempts = 2 }
    }
  }

  assert {
    condition = jsonencode({ for name, rule in aws_cloudwatch_event_rule.this : name => [rule.name, jsondecode(coalesce(rule.event_pattern, "null")), rule.schedule_expression] }) == jsonencode({
      flush = ["made-up-flush", null, "rate(1 minute)"]
      tag   = ["made-up-tag", jsondecode(file("../../../functions/pipeline-starter/event-pattern.json")), null]
    })
    error_message = "Each trigger has its rule."
  }

  assert {
    condition = jsonencode({ for name, target in aws_cloudwatch_event_target.this : name => [target.rule, target.arn, target.input, target.role_arn, target.retry_policy, one(target.dead_letter_config).arn] }) == jsonencode({
      flush = ["made-up-flush", aws_lambda_function.this.arn, "{\"made\":\"up\"}", null, [{ maximum_event_age_in_seconds = 60, maximum_retry_attempts = 2 }], aws_sqs_queue.undelivered[0].arn]
      tag   = ["made-up-tag", aws_lambda_function.this.arn, null, null, [{ maximum_event_age_in_seconds = 86400, maximum_retry_attempts = 185 }], aws_sqs_queue.undelivered[0].arn]
    })
    error_message = "Each rule hands its events over to the function, and to the queue what it could not hand over. By default it tries as long as EventBridge does."
  }

  assert {
    condition     = { for name, permission in aws_lambda_permission.trigger : permission.statement_id => "${permission.action} ${permission.function_name} ${permission.principal} ${permission.source_arn} ${coalesce(permission.source_account, "no source account")}" } == { for name in ["flush", "tag"] : "Rule-${name}" => "lambda:InvokeFunction made-up ${data.aws_service_principal.events.name} ${aws_cloudwatch_event_rule.this[name].arn} no source account" }
    error_message = "Only the rules may invoke the function. With a source account EventBridge could not."
  }

  assert {
    condition     = aws_sqs_queue.undelivered[0].name == "made-up-undelivered" && aws_sqs_queue.undelivered[0].message_retention_seconds == 1209600 && aws_sqs_queue.undelivered[0].kms_master_key_id == var.kms_key_arn && output.undelivered_queue_name == "made-up-undelivered"
    error_message = "The queue is encrypted and keeps an event for 14 days."
  }

  assert {
    condition = jsonencode({ for statement in data.aws_iam_policy_document.undelivered[0].statement : statement.sid => [statement.effect, statement.actions, statement.resources, statement.principals[*].identifiers, one(statement.condition)] }) == jsonencode({
      Rules = [null, ["sqs:SendMessage"], [aws_sqs_queue.undelivered[0].arn], [[data.aws_service_principal.events.name]], {
        test     = "ArnEquals"
        values   = values(aws_cloudwatch_event_rule.this)[*].arn
        variable = "aws:SourceArn"
      }]
      TlsOnly = ["Deny", ["sqs:*"], [aws_sqs_queue.undelivered[0].arn], [["*"]], { test = "Bool", values = ["false"], variable = "aws:SecureTransport" }]
    })
    error_message = "Only the rules send to the queue, and only over TLS."
  }

  assert {
    condition     = aws_sqs_queue_policy.undelivered[0].queue_url == aws_sqs_queue.undelivered[0].url
    error_message = "The queue has the policy that lets the rules send."
  }
}

run "each_fault_has_an_alarm_that_says_what_it_means" {
  variables {
    timeout              = 100
    reserved_concurrency = 5
    triggers             = { flush = { schedule = "rate(1 minute)" } }
  }

  assert {
    condition = { for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name => "${alarm.namespace} ${alarm.metric_name} ${jsonencode(alarm.dimensions)}: ${alarm.statistic} ${alarm.comparison_operator} ${alarm.threshold} in ${alarm.evaluation_periods} x ${alarm.period} s" } == {
      made-up-failures          = "AWS/SQS NumberOfMessagesSent {\"QueueName\":\"made-up-failures\"}: Sum GreaterThanThreshold 0 in 1 x 300 s"
      made-up-failures-waiting  = "AWS/SQS ApproximateNumberOfMessagesVisible {\"QueueName\":\"made-up-failures\"}: Maximum GreaterThanThreshold 0 in 24 x 3600 s"
      made-up-lost-events       = "AWS/Lambda DestinationDeliveryFailures {\"FunctionName\":\"made-up\"}: Sum GreaterThanThreshold 0 in 1 x 300 s"
      made-up-dropped-events    = "AWS/Lambda AsyncEventsDropped {\"FunctionName\":\"made-up\"}: Sum GreaterThanThreshold 0 in 1 x 300 s"
      made-up-errors            = "AWS/Lambda Errors {\"FunctionName\":\"made-up\"}: Sum GreaterThanThreshold 0 in 1 x 300 s"
      made-up-throttles         = "AWS/Lambda Throttles {\"FunctionName\":\"made-up\"}: Sum GreaterThanThreshold 0 in 1 x 300 s"
      made-up-duration          = "AWS/Lambda Duration {\"FunctionName\":\"made-up\"}: Maximum GreaterThanThreshold 80000 in 1 x 300 s"
      made-up-undelivered       = "AWS/SQS NumberOfMessagesSent {\"QueueName\":\"made-up-undelivered\"}: Sum GreaterThanThreshold 0 in 1 x 300 s"
      made-up-undelivered-flush = "AWS/Events InvocationsFailedToBeSentToDlq {\"RuleName\":\"made-up-flush\"}: Sum GreaterThanThreshold 0 in 1 x 300 s"
    }
    error_message = "The alarms are for events that failed, wait, are lost or were not handed over, for errors, throttles, and invocations of more than 80 % of the timeout, in ms."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset([var.alarm_topic_arn]) && endswith(alarm.alarm_description, " Impact: No e-mails come.") && alarm.treat_missing_data == "notBreaching"])
    error_message = "Each alarm goes to the topic, and says what it means for people."
  }

  assert {
    condition     = toset([for name, alarm in aws_cloudwatch_metric_alarm.this : name if alarm.ok_actions == toset([var.alarm_topic_arn])]) == toset(["errors", "throttles", "duration"]) && alltrue([for alarm in aws_cloudwatch_metric_alarm.this : length(alarm.ok_actions) <= 1])
    error_message = "An OK would say that failed events are dealt with, when they only expired."
  }

  assert {
    condition     = length(output.alarm_arns) == 9
    error_message = "A dashboard can show each alarm."
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
    triggers             = { Tag = { schedule = "rate(1 minute)" } }
  }

  expect_failures = [var.name, var.package, var.lambda_runtime, var.memory_size, var.timeout, var.reserved_concurrency, var.log_retention_days, var.role_path, var.triggers]
}

run "a_trigger_with_events_and_a_schedule_is_refused" {
  command = plan

  variables {
    triggers = { tag = { event_pattern = "{}", schedule = "rate(1 minute)" } }
  }

  expect_failures = [var.triggers]
}

run "a_trigger_with_neither_events_nor_a_schedule_is_refused" {
  command = plan

  variables {
    triggers = { tag = { input = "{}" } }
  }

  expect_failures = [var.triggers]
}

run "a_pattern_that_is_no_json_is_refused" {
  command = plan

  variables {
    triggers = { tag = { event_pattern = "event-pattern.json" } }
  }

  expect_failures = [var.triggers]
}

run "an_input_that_is_no_json_is_refused" {
  command = plan

  variables {
    triggers = { tag = { schedule = "rate(1 minute)", input = "made up" } }
  }

  expect_failures = [var.triggers]
}

run "a_schedule_of_another_form_is_refused" {
  command = plan

  variables {
    triggers = { tag = { schedule = "1 minute" } }
  }

  expect_failures = [var.triggers]
}

run "an_event_age_that_is_too_short_is_refused" {
  command = plan

  variables {
    triggers = { tag = { schedule = "rate(1 minute)", maximum_event_age_in_seconds = 59 } }
  }

  expect_failures = [var.triggers]
}

run "more_tries_than_eventbridge_takes_are_refused" {
  command = plan

  variables {
    triggers = { tag = { schedule = "rate(1 minute)", maximum_retry_attempts = 186 } }
  }

  expect_failures = [var.triggers]
}
