# Rules of an organization, on a mocked provider: moto has none.

mock_provider "aws" {
  source = "./mock-aws"
}

# The made-up partition has no layer of rdklib.
variables {
  rdklib_layer_versions = { cn-north-1 = 3 }
}

run "the_rules_of_an_organization_are_made_in_every_account" {
  assert {
    condition     = length(aws_config_config_rule.rule) == 0 && toset(keys(aws_config_organization_custom_rule.rule)) == toset(["CUSTOM_CHANGE", "CUSTOM_HYBRID", "CUSTOM_PERIODIC", "EXCLUDED_ACCOUNTS"])
    error_message = "Custom rules are rules of the organization."
  }

  assert {
    condition     = toset(keys(aws_config_organization_managed_rule.rule)) == toset(["MANAGED_CHANGE", "MANAGED_PERIODIC"]) && toset(keys(aws_config_organization_custom_policy_rule.rule)) == toset(["GUARD_POLICY"])
    error_message = "Managed rules and Guard rules are rules of the organization."
  }

  assert {
    condition     = aws_config_organization_custom_rule.rule["EXCLUDED_ACCOUNTS"].excluded_accounts == toset(["111122223333", "444455556666"])
    error_message = "Accounts are left out."
  }

  assert {
    condition     = aws_config_organization_custom_rule.rule["CUSTOM_HYBRID"].trigger_types == toset(["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification", "ScheduledNotification"]) && aws_config_organization_custom_rule.rule["CUSTOM_HYBRID"].maximum_execution_frequency == "Six_Hours"
    error_message = "A hybrid rule is one rule with all triggers."
  }

  assert {
    condition     = aws_config_organization_managed_rule.rule["MANAGED_PERIODIC"].maximum_execution_frequency == "Twelve_Hours" && aws_config_organization_custom_rule.rule["CUSTOM_PERIODIC"].maximum_execution_frequency == "TwentyFour_Hours"
    error_message = "A rule keeps its frequency."
  }

  assert {
    condition     = aws_config_organization_custom_policy_rule.rule["GUARD_POLICY"].policy_runtime == "guard-2.x.x" && strcontains(aws_config_organization_custom_policy_rule.rule["GUARD_POLICY"].policy_text, "rule table_is_active")
    error_message = "A Guard rule brings its policy."
  }

  # Config invokes the function from every account, so none of them can be named.
  assert {
    condition     = alltrue([for permission in aws_lambda_permission.config : permission.source_account == null && permission.principal == "config.amazonaws.com"])
    error_message = "Config of every account may invoke the function."
  }
}
