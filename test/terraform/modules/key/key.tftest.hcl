# The module, planned by the real provider, which renders the policy. A plan of new resources calls no AWS.

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

variables {
  name = "made-up"
}

run "a_service_may_use_the_key_only_for_what_the_root_names" {
  command = plan

  variables {
    log_groups = ["/aws/lambda/made-up", "/made-up/alert"]
    topics     = { cloudwatch = ["made-up-alarms"], codestar-notifications = ["made-up-pipelines"] }
    queues     = { events = ["made-up-undelivered"] }
  }

  assert {
    condition = jsondecode(aws_kms_key.this.policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid       = "AccountDecidesByIam"
          Effect    = "Allow"
          Principal = { AWS = "arn:aws-cn:iam::111122223333:root" }
          Action    = "kms:*"
          Resource  = "*"
        },
        {
          Sid       = "CloudwatchToTopics"
          Effect    = "Allow"
          Principal = { Service = "cloudwatch.amazonaws.com" }
          Action    = ["kms:GenerateDataKey*", "kms:Decrypt"]
          Resource  = "*"
          Condition = { ArnEquals = { "kms:EncryptionContext:aws:sns:topicArn" = "arn:aws-cn:sns:cn-north-1:111122223333:made-up-alarms" } }
        },
        {
          Sid       = "CodestarNotificationsToTopics"
          Effect    = "Allow"
          Principal = { Service = "codestar-notifications.amazonaws.com" }
          Action    = ["kms:GenerateDataKey*", "kms:Decrypt"]
          Resource  = "*"
          Condition = { ArnEquals = { "kms:EncryptionContext:aws:sns:topicArn" = "arn:aws-cn:sns:cn-north-1:111122223333:made-up-pipelines" } }
        },
        {
          Sid       = "EventsToQueues"
          Effect    = "Allow"
          Principal = { Service = "events.amazonaws.com" }
          Action    = ["kms:GenerateDataKey*", "kms:Decrypt"]
          Resource  = "*"
          Condition = { ArnEquals = { "kms:EncryptionContext:aws:sqs:arn" = "arn:aws-cn:sqs:cn-north-1:111122223333:made-up-undelivered" } }
        },
        {
          Sid       = "LogGroups"
          Effect    = "Allow"
          Principal = { Service = "logs.cn-north-1.amazonaws.com.cn" }
          Action    = ["kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Encrypt", "kms:DescribeKey", "kms:Decrypt"]
          Resource  = "*"
          Condition = { ArnEquals = { "kms:EncryptionContext:aws:logs:arn" = [
            "arn:aws-cn:logs:cn-north-1:111122223333:log-group:/aws/lambda/made-up",
            "arn:aws-cn:logs:cn-north-1:111122223333:log-group:/made-up/alert",
          ] } }
        },
      ]
    }
    error_message = "Each service gets its log groups, topics or queues, by the encryption context, and nothing else."
  }
}

run "a_key_without_log_groups_topics_and_queues_is_for_the_account_alone" {
  command = plan

  variables {
    topics = { cloudwatch = [] }
  }

  assert {
    condition     = jsondecode(aws_kms_key.this.policy).Statement[*].Sid == ["AccountDecidesByIam"]
    error_message = "A statement whose condition has no value would let the service use the key for everything."
  }
}

run "the_key_is_rotated_and_has_the_name_of_the_root" {
  command = plan

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.description == "Data of made-up." && aws_kms_alias.this.name == "alias/made-up"
    error_message = "AWS rotates the key every year, and people find it by its alias."
  }
}

run "a_wrong_name_is_refused" {
  command = plan

  variables {
    name = "Made_Up"
  }

  expect_failures = [var.name]
}
