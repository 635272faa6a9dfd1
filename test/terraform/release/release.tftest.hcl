# The root on a mocked provider: what moto forgets, and wrong values.

mock_provider "aws" {
  source = "./mock-aws"
}

variables {
  region = "cn-north-1"
  # The newest that the provider knows before version 6.19.
  lambda_runtime = "nodejs22.x"
  programs       = "versions.tf"
  environments = {
    dev = {
      pipeline    = "dev"
      regions     = ["cn-north-1"]
      home_region = "cn-north-1"
      approvers   = ["arn:aws-cn:iam::111122223333:role/managers"]
      targets     = { research = { account_id = "012345678901", external_id = "made-up" } }
    }
  }
  subscribers = { "team@example.com" = { alarms = true } }
}

run "old_versions_of_a_state_can_be_restored" {
  command = plan

  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.state["dev"].rule[0].noncurrent_version_expiration).noncurrent_days == 90 && one(aws_s3_bucket_lifecycle_configuration.state["dev"].rule[0].noncurrent_version_expiration).newer_noncurrent_versions == 20
    error_message = "Old versions are deleted after 90 days, but the newest 20 are kept: a state may not change for years."
  }

  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.state["dev"].rule[0].expiration).expired_object_delete_marker && aws_s3_bucket.state["dev"].force_destroy != true && aws_s3_bucket.artifacts["dev"].force_destroy != true
    error_message = "Terraform does not destroy a bucket with states or artifacts in it."
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
    region           = "Frankfurt"
    name             = "palisade-of-us"
    programs         = "none.zip"
    trivy_severities = ["SEVERE"]
    checkov_checks   = ["AVD-AWS-0107"]
    protected_types  = ["aws_db_*"]
    repository       = { name = "my repository", branch = "main branch" }
  }

  expect_failures = [
    var.region, var.name, var.programs, var.trivy_severities, var.checkov_checks, var.protected_types, var.repository,
  ]
}
