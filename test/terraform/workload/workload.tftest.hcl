# The root on a mocked provider: what moto forgets, and wrong values.

mock_provider "aws" {
  source = "./mock-aws"
}

variables {
  region            = "cn-north-1"
  workload          = "billing"
  programs          = "versions.tf"
  guardrails        = { account_id = "012345678901", external_id = "made-up" }
  approvers         = ["arn:aws-cn:iam::111122223333:role/managers"]
  apply_policy_arns = ["arn:aws-cn:iam::aws:policy/PowerUserAccess"]
  subscribers       = { "team@example.com" = { alarms = true } }
}

run "old_versions_of_a_state_can_be_restored" {
  command = plan

  assert {
    condition     = alltrue([for rules in values(aws_s3_bucket_lifecycle_configuration.state) : one(rules.rule[0].noncurrent_version_expiration).noncurrent_days == 90 && one(rules.rule[0].noncurrent_version_expiration).newer_noncurrent_versions == 20 && one(rules.rule[0].expiration).expired_object_delete_marker]) && length(aws_s3_bucket_lifecycle_configuration.state) == 1
    error_message = "Old versions are deleted after 90 days, but the newest 20 are kept: a state may not change for years."
  }

  assert {
    condition     = alltrue([for bucket in concat(values(aws_s3_bucket.state), [aws_s3_bucket.artifacts]) : bucket.force_destroy != true])
    error_message = "Terraform does not destroy a bucket with a state or artifacts in it."
  }
}

run "a_plan_without_subscribers_warns" {
  command = plan

  variables {
    subscribers = {}
  }

  expect_failures = [check.alarms_have_a_subscriber, check.releases_have_a_subscriber]
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    region                    = "Frankfurt"
    name                      = "palisade-of-us"
    programs                  = "none.zip"
    path                      = "../other"
    variable_files            = ["a/../../b.tfvars"]
    adopted_state             = { bucket = "b", key = "/k", region = "cn-north-1", kms_key_arn = "alias/mine" }
    secrets                   = { password = "hunter2" }
    approvers                 = ["*"]
    approval_days             = 0.5
    apply_policy_arns         = ["PowerUserAccess"]
    plan_policy_arns          = ["ReadOnlyAccess"]
    denied_to_plan            = []
    version_deletion_role_arn = "*"
    old_versions_days         = 0
    trivy_severities          = ["SEVERE"]
    checkov_checks            = ["AVD-AWS-0107"]
    protected_types           = ["aws_db_*"]
    build                     = { environment_type = "ARM_CONTAINER" }
  }

  expect_failures = [
    var.region, var.name, var.programs, var.path, var.variable_files, var.adopted_state, var.secrets,
    var.approvers, var.approval_days, var.apply_policy_arns, var.plan_policy_arns, var.denied_to_plan, var.version_deletion_role_arn,
    var.old_versions_days, var.trivy_severities, var.checkov_checks, var.protected_types, var.build,
  ]
}

run "names_that_make_no_bucket_are_refused" {
  command = plan

  variables {
    workload = "a-workload-with-a-very-long-name"
  }

  expect_failures = [var.workload]
}

run "an_approval_without_approvers_is_refused" {
  command = plan

  variables {
    approvers = []
  }

  expect_failures = [var.approvers]
}

# Rules that ask another variable need that one to be right.
run "wrong_values_beside_right_ones_are_refused" {
  command = plan

  variables {
    guardrails    = { account_id = "012345678901", external_id = "x" }
    artifact_days = 2
    repository    = { name = "my repository" }
  }

  expect_failures = [var.guardrails, var.artifact_days, var.repository]
}

run "an_account_id_that_is_a_number_and_a_branch_that_is_none_are_refused" {
  command = plan

  variables {
    guardrails = { account_id = "12345678901", external_id = "made-up" }
    repository = { branch = "main branch" }
  }

  expect_failures = [var.guardrails, var.repository]
}

run "a_root_guardrails_that_cannot_be_is_refused" {
  command = plan

  variables {
    guardrails = { account_id = "012345678901", external_id = "made-up", name = "Theirs" }
  }

  expect_failures = [var.guardrails]
}

run "a_workload_with_a_capital_letter_is_refused" {
  command = plan

  variables {
    workload = "Billing"
  }

  expect_failures = [var.workload]
}
