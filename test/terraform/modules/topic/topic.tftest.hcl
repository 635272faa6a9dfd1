# The module with the real provider, which renders the policy. All resources are overridden, so it calls no AWS.

provider "aws" {
  region                      = "cn-north-1"
  access_key                  = "made-up"
  secret_key                  = "made-up"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

override_resource {
  target = aws_sns_topic.this
  values = { arn = "arn:aws-cn:sns:cn-north-1:111122223333:made-up" }
}

override_resource {
  target = aws_sns_topic_policy.this
}

override_resource {
  target = aws_sns_topic_subscription.this
}

override_resource {
  target = aws_cloudwatch_metric_alarm.failed
}

variables {
  name        = "made-up"
  kms_key_arn = "arn:aws-cn:kms:cn-north-1:111122223333:key/made-up"
}

run "services_publish_for_the_account_and_only_over_tls" {
  variables {
    publishing_services = ["cloudwatch", "codestar-notifications", "events"]
  }

  assert {
    condition = jsondecode(aws_sns_topic_policy.this.policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid       = "Cloudwatch"
          Effect    = "Allow"
          Principal = { Service = "cloudwatch.amazonaws.com" }
          Action    = "sns:Publish"
          Resource  = "arn:aws-cn:sns:cn-north-1:111122223333:made-up"
          Condition = { StringEquals = { "aws:SourceAccount" = "111122223333" } }
        },
        {
          Sid       = "CodestarNotifications"
          Effect    = "Allow"
          Principal = { Service = "codestar-notifications.amazonaws.com" }
          Action    = "sns:Publish"
          Resource  = "arn:aws-cn:sns:cn-north-1:111122223333:made-up"
        },
        {
          Sid       = "Events"
          Effect    = "Allow"
          Principal = { Service = "events.amazonaws.com" }
          Action    = "sns:Publish"
          Resource  = "arn:aws-cn:sns:cn-north-1:111122223333:made-up"
        },
        {
          Sid       = "TlsOnly"
          Effect    = "Deny"
          Principal = "*"
          Action    = "sns:Publish"
          Resource  = "arn:aws-cn:sns:cn-north-1:111122223333:made-up"
          Condition = { Bool = { "aws:SecureTransport" = "false" } }
        },
      ]
    }
    error_message = "A service publishes only for this account, where it says for which account it publishes: EventBridge and notification rules do not."
  }

  assert {
    condition     = aws_sns_topic.this.name == "made-up" && aws_sns_topic.this.kms_master_key_id == var.kms_key_arn
    error_message = "The topic is encrypted with the key of the root."
  }
}

run "without_publishing_services_only_roles_of_the_account_publish" {
  assert {
    condition     = jsondecode(aws_sns_topic_policy.this.policy).Statement[*].Sid == ["TlsOnly"]
    error_message = "SNS refuses a statement without a principal."
  }
}

run "a_subscriber_gets_by_its_protocol_the_messages_that_its_filter_takes" {
  variables {
    subscribers = {
      "team@example.com"                                                   = { filter = { audience = ["people"], blocked = ["true"] } }
      "https://example.com/hook"                                           = { protocol = "https" }
      "arn:aws-cn:firehose:cn-north-1:111122223333:deliverystream/made-up" = { protocol = "firehose", role_arn = "arn:aws-cn:iam::111122223333:role/made-up" }
    }
  }

  assert {
    condition = jsonencode({ for endpoint, subscription in aws_sns_topic_subscription.this : endpoint => [subscription.topic_arn, subscription.endpoint, subscription.protocol, subscription.filter_policy, subscription.subscription_role_arn] }) == jsonencode({
      "team@example.com"                                                   = ["arn:aws-cn:sns:cn-north-1:111122223333:made-up", "team@example.com", "email", "{\"audience\":[\"people\"],\"blocked\":[\"true\"]}", null]
      "https://example.com/hook"                                           = ["arn:aws-cn:sns:cn-north-1:111122223333:made-up", "https://example.com/hook", "https", null, null]
      "arn:aws-cn:firehose:cn-north-1:111122223333:deliverystream/made-up" = ["arn:aws-cn:sns:cn-north-1:111122223333:made-up", "arn:aws-cn:firehose:cn-north-1:111122223333:deliverystream/made-up", "firehose", null, "arn:aws-cn:iam::111122223333:role/made-up"]
    })
    error_message = "The protocol is e-mail unless it is written, and a subscription without a filter gets every message."
  }
}

run "a_notification_that_failed_sets_off_an_alarm" {
  variables {
    alarm_topic_arn = "arn:aws-cn:sns:cn-north-1:111122223333:alarms"
  }

  assert {
    condition = [
      aws_cloudwatch_metric_alarm.failed.alarm_name,
      "${aws_cloudwatch_metric_alarm.failed.namespace} ${aws_cloudwatch_metric_alarm.failed.metric_name} ${aws_cloudwatch_metric_alarm.failed.statistic} ${aws_cloudwatch_metric_alarm.failed.comparison_operator} ${aws_cloudwatch_metric_alarm.failed.threshold}",
      "${aws_cloudwatch_metric_alarm.failed.evaluation_periods} of ${aws_cloudwatch_metric_alarm.failed.period} s, missing data ${aws_cloudwatch_metric_alarm.failed.treat_missing_data}",
      jsonencode(aws_cloudwatch_metric_alarm.failed.dimensions),
      one(aws_cloudwatch_metric_alarm.failed.alarm_actions),
      one(aws_cloudwatch_metric_alarm.failed.ok_actions),
      ] == [
      "made-up-not-delivered",
      "AWS/SNS NumberOfNotificationsFailed Sum GreaterThanThreshold 0",
      "1 of 300 s, missing data notBreaching",
      "{\"TopicName\":\"made-up\"}",
      "arn:aws-cn:sns:cn-north-1:111122223333:alarms",
      "arn:aws-cn:sns:cn-north-1:111122223333:alarms",
    ]
    error_message = "Otherwise nobody learns that a subscriber gets no messages."
  }

  assert {
    condition     = strcontains(aws_cloudwatch_metric_alarm.failed.alarm_description, " Impact: ")
    error_message = "The alarm says what it means for people."
  }
}

run "without_another_topic_the_alarm_goes_to_the_topic_itself" {
  assert {
    condition     = one(aws_cloudwatch_metric_alarm.failed.alarm_actions) == "arn:aws-cn:sns:cn-north-1:111122223333:made-up"
    error_message = "The other subscribers of the topic get the alarm."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    name        = "Made_Up"
    subscribers = { "no address" = {}, "pager" = { protocol = "pager" }, "arn:made-up" = { protocol = "firehose" } }
  }

  expect_failures = [var.name, var.subscribers]
}
