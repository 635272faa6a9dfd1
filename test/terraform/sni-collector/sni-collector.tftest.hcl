# The root on a mocked provider: what moto does not show.

mock_provider "aws" {
  source = "./mock-aws"
}

variables {
  region = "cn-north-1"
  # The newest that the provider knows before version 6.19.
  lambda_runtime   = "nodejs22.x"
  alert_log_groups = ["/made-up/alert"]
  subscribers      = { "team@example.com" = {} }
}

run "a_plan_without_a_subscriber_of_alarms_warns" {
  command = plan

  expect_failures = [check.alarms_have_a_subscriber]
}

run "a_plan_without_subscribers_warns" {
  command = plan

  variables {
    subscribers = {}
  }

  expect_failures = [check.alarms_have_a_subscriber]
}

run "a_plan_with_a_subscriber_of_alarms_does_not_warn" {
  command = plan

  variables {
    subscribers = { "team@example.com" = {}, "oncall@example.com" = { digests = "none", alarms = true } }
  }

  assert {
    condition     = output.function_name == "sni-collector" && output.failure_queue_name == "sni-collector-failures" && output.table_name == "sni-collector-hostnames" && output.dashboard_name == "sni-collector-cn-north-1"
    error_message = "The commands in the README take the names from the outputs."
  }
}
