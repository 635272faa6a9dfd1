# The root on a mocked provider: what the defaults are, and wrong values.

mock_provider "aws" {
  source = "./mock-aws"
}

variables {
  region             = "cn-north-1"
  tooling_account_id = "012345678901"
  environments       = { dev = { external_ids = ["made-up"], apply_policy_arns = ["arn:aws-cn:iam::aws:policy/PowerUserAccess"] } }
}

run "a_plan_reads_by_default_all_configuration_of_the_partition" {
  command = plan

  assert {
    condition     = keys(aws_iam_role_policy_attachment.plan) == ["dev arn:aws-cn:iam::aws:policy/ReadOnlyAccess"] && keys(aws_iam_role_policy_attachment.apply) == ["dev arn:aws-cn:iam::aws:policy/PowerUserAccess"]
    error_message = "The owner of the account decides what a release may change."
  }

  assert {
    condition     = output.plan_roles != null && aws_iam_role.plan["dev"].name == "palisade-plan-dev" && aws_iam_role.apply["dev"].name == "palisade-apply-dev"
    error_message = "The root release knows the roles by their names."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    region             = "Frankfurt"
    name               = "Palisade"
    tooling_account_id = "12345678901"
    environments       = { "dev_1" = { external_ids = ["x"], apply_policy_arns = [] } }
    denied_to_plan     = []
  }

  expect_failures = [var.region, var.name, var.tooling_account_id, var.environments, var.denied_to_plan]
}

run "a_policy_is_an_arn" {
  command = plan

  variables {
    environments = { dev = { external_ids = ["made-up"], apply_policy_arns = ["PowerUserAccess"] } }
  }

  expect_failures = [var.environments]
}
