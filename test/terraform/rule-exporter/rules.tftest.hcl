# Every rule of test/functions/rule-exporter/rules, on a mocked provider: what moto lacks, and another partition.

mock_provider "aws" {
  source = "./mock-aws"
}

run "a_region_without_a_layer_of_rdklib_is_refused" {
  command         = plan
  expect_failures = [aws_lambda_function.rule]
}

run "the_rules_of_an_account_are_made_with_their_functions_and_remediations" {
  variables {
    rdklib_layer_versions = { cn-north-1 = 3 }
  }

  assert {
    condition     = alltrue([for name in ["CUSTOM_CHANGE", "GUARD_POLICY", "MANAGED_CHANGE"] : contains(keys(aws_config_config_rule.rule), name)])
    error_message = "There are rules of every kind."
  }

  # Guard.

  assert {
    condition     = aws_config_config_rule.rule["GUARD_POLICY"].source[0].owner == "CUSTOM_POLICY" && aws_config_config_rule.rule["GUARD_POLICY"].source[0].source_identifier == null
    error_message = "A Guard rule is a custom policy."
  }

  assert {
    condition     = aws_config_config_rule.rule["GUARD_POLICY"].source[0].custom_policy_details[0].policy_runtime == "guard-2.x.x" && strcontains(aws_config_config_rule.rule["GUARD_POLICY"].source[0].custom_policy_details[0].policy_text, "configuration.tableStatus == [\"ACTIVE\", /^UPDATING$/]")
    error_message = "A Guard rule brings its policy."
  }

  assert {
    condition     = toset(aws_config_config_rule.rule["GUARD_POLICY"].source[0].source_detail[*].message_type) == toset(["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"])
    error_message = "A Guard rule runs on changes."
  }

  assert {
    condition     = !contains(keys(aws_lambda_function.rule), "GUARD_POLICY") && !contains(keys(aws_lambda_function.rule), "MANAGED_CHANGE")
    error_message = "Neither Guard rules nor managed ones have a function."
  }

  # Evaluation modes, scope and triggers.

  assert {
    condition     = toset(aws_config_config_rule.rule["CUSTOM_BOTH_EVALUATION_MODES"].evaluation_mode[*].mode) == toset(["DETECTIVE", "PROACTIVE"]) && toset(aws_config_config_rule.rule["CUSTOM_CHANGE"].evaluation_mode[*].mode) == toset(["DETECTIVE"])
    error_message = "A rule has the evaluation modes that it asks for."
  }

  assert {
    condition     = length(aws_config_config_rule.rule["CUSTOM_ALL_TYPES"].scope) == 0 && length(aws_config_config_rule.rule["CUSTOM_PERIODIC"].scope) == 0
    error_message = "A rule for ALL types, or on a schedule, has no scope."
  }

  assert {
    condition     = toset(aws_config_config_rule.rule["CUSTOM_SEVERAL_TYPES"].scope[0].compliance_resource_types) == toset(["AWS::EC2::Instance", "AWS::EC2::Volume", "AWS::S3::Bucket"])
    error_message = "A rule has each of its types once."
  }

  assert {
    condition     = { for detail in aws_config_config_rule.rule["CUSTOM_HYBRID"].source[0].source_detail : detail.message_type => coalesce(detail.maximum_execution_frequency, "-") } == { ConfigurationItemChangeNotification = "-", OversizedConfigurationItemChangeNotification = "-", ScheduledNotification = "Six_Hours" }
    error_message = "A hybrid rule is one rule with all triggers."
  }

  assert {
    condition     = aws_config_config_rule.rule["MANAGED_PERIODIC"].maximum_execution_frequency == "Twelve_Hours" && length(aws_config_config_rule.rule["MANAGED_PERIODIC"].source[0].source_detail) == 0
    error_message = "A managed rule has its frequency beside its source, not in it."
  }

  # Remediation.

  assert {
    condition     = toset(keys(aws_config_remediation_configuration.rule)) == toset(["ODD_TEMPLATES_IN_VALUES", "REMEDIATION_BY_HAND_WITH_DOCUMENT_OF_AWS", "REMEDIATION_WITH_DOCUMENT"])
    error_message = "Only rules with a remediation have one."
  }

  assert {
    condition     = aws_config_remediation_configuration.rule["REMEDIATION_WITH_DOCUMENT"].target_id == aws_ssm_document.remediation["REMEDIATION_WITH_DOCUMENT"].name && aws_config_remediation_configuration.rule["REMEDIATION_BY_HAND_WITH_DOCUMENT_OF_AWS"].target_id == "AWS-EnableS3BucketEncryption"
    error_message = "A rule uses its own document, or one of AWS."
  }

  assert {
    condition = { for parameter in aws_config_remediation_configuration.rule["REMEDIATION_WITH_DOCUMENT"].parameter : parameter.name => join(",", compact(concat([parameter.resource_value, parameter.static_value], coalesce(parameter.static_values, [])))) } == {
      AutomationAssumeRole = aws_iam_role.remediation["REMEDIATION_WITH_DOCUMENT"].arn
      BucketName           = "RESOURCE_ID"
      Notify               = "first,second"
      Status               = "Enabled"
    }
    error_message = "The automation gets its own role, the resource, and the values of the rule."
  }

  assert {
    condition     = toset(keys(aws_iam_role.remediation)) == toset(["REMEDIATION_WITH_DOCUMENT"]) && data.aws_iam_policy_document.remediation["REMEDIATION_WITH_DOCUMENT"].statement[0].actions == toset(["s3:GetBucketVersioning", "s3:PutBucketVersioning"])
    error_message = "The role allows the actions that the rule lists. A rule that lists none has no role."
  }

  assert {
    condition = [
      aws_config_remediation_configuration.rule["REMEDIATION_WITH_DOCUMENT"].automatic,
      aws_config_remediation_configuration.rule["REMEDIATION_WITH_DOCUMENT"].maximum_automatic_attempts,
      aws_config_remediation_configuration.rule["REMEDIATION_WITH_DOCUMENT"].retry_attempt_seconds,
      aws_config_remediation_configuration.rule["REMEDIATION_WITH_DOCUMENT"].execution_controls[0].ssm_controls[0].concurrent_execution_rate_percentage,
      aws_config_remediation_configuration.rule["REMEDIATION_WITH_DOCUMENT"].execution_controls[0].ssm_controls[0].error_percentage,
      aws_config_remediation_configuration.rule["REMEDIATION_WITH_DOCUMENT"].resource_type,
      aws_config_remediation_configuration.rule["REMEDIATION_WITH_DOCUMENT"].target_version,
    ] == [true, 5, 60, 10, 20, "AWS::S3::Bucket", "1"]
    error_message = "The remediation has the numbers of the rule."
  }

  # The partition, and the account.

  assert {
    condition     = toset(values(aws_iam_role_policy_attachment.function)[*].policy_arn) == toset(["arn:aws-cn:iam::aws:policy/SecurityAudit"])
    error_message = "The ARNs of AWS policies have the partition."
  }

  assert {
    condition     = aws_lambda_function.rule["CUSTOM_HYBRID"].layers == tolist(["arn:aws-cn:lambda:cn-north-1:711761543063:layer:rdklib-layer:3"])
    error_message = "The ARN of the layer has the region and the partition."
  }

  assert {
    condition     = toset(values(aws_lambda_permission.config)[*].source_account) == toset(["111122223333"])
    error_message = "Only Config of the own account may invoke a function."
  }

  # Permissions that not every function has.

  assert {
    condition     = [for name, document in data.aws_iam_policy_document.function : name if contains(document.statement[*].sid, "AssumeRoleOfRule")] == ["CUSTOM_PERIODIC"]
    error_message = "A function may assume a role only where the rule asks for it."
  }

  assert {
    condition     = length([for document in data.aws_iam_policy_document.function : document if contains(document.statement[*].sid, "ConnectToVpc")]) == 0
    error_message = "No function may connect to a VPC without subnets."
  }
}
