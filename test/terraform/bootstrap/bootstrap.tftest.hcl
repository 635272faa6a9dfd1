# The bucket for Terraform states, on a mocked provider: what moto forgets, and wrong values.

mock_provider "aws" {
  source = "./mock-aws"
  # Terraform could not destroy what the tests apply.
  override_during = plan
}

variables {
  region = "cn-north-1"
}

run "old_versions_of_a_state_can_be_restored" {
  command = plan

  assert {
    condition     = aws_s3_bucket_versioning.state.versioning_configuration[0].status == "Enabled" && aws_s3_bucket_lifecycle_configuration.state.rule[0].status == "Enabled"
    error_message = "A broken state is replaced by the version before it."
  }

  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.state.rule[0].noncurrent_version_expiration).noncurrent_days == 90 && one(aws_s3_bucket_lifecycle_configuration.state.rule[0].noncurrent_version_expiration).newer_noncurrent_versions == 20
    error_message = "Old versions are deleted after 90 days, but the newest 20 are kept: a state may not change for years."
  }

  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.state.rule[0].expiration).expired_object_delete_marker && one(aws_s3_bucket_lifecycle_configuration.state.rule[0].abort_incomplete_multipart_upload).days_after_initiation == 7
    error_message = "What locks and broken uploads leave behind is deleted too."
  }

  assert {
    condition     = aws_s3_bucket.state.force_destroy != true
    error_message = "Terraform does not destroy a bucket with states."
  }
}

run "the_backend_block_keeps_the_lock_in_the_bucket" {
  command = plan

  assert {
    condition     = output.backend == <<-EOT
      terraform {
        backend "s3" {
          bucket       = "terraform-state-111122223333-cn-north-1"
          key          = "ROOT/terraform.tfstate"
          region       = "cn-north-1"
          encrypt      = true
          kms_key_id   = "arn:aws-cn:kms:cn-north-1:111122223333:key/made-up"
          use_lockfile = true
        }
      }
    EOT
    error_message = "The README puts this block into the backend.tf of each root."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    region                    = "Frankfurt"
    prefix                    = "State_"
    old_versions_days         = 0
    version_deletion_role_arn = "arn:aws:iam::111122223333:role/*"
  }

  expect_failures = [var.region, var.prefix, var.old_versions_days, var.version_deletion_role_arn]
}

run "the_session_of_a_role_is_refused_where_a_role_is_wanted" {
  command = plan

  variables {
    version_deletion_role_arn = "arn:aws-cn:sts::111122223333:assumed-role/admin/me"
  }

  expect_failures = [var.version_deletion_role_arn]
}

run "a_role_of_another_partition_with_a_path_may_delete_versions" {
  command = plan

  variables {
    version_deletion_role_arn = "arn:aws-cn:iam::111122223333:role/aws-reserved/sso.amazonaws.com/admin_0a"
  }

  assert {
    condition     = one([for statement in data.aws_iam_policy_document.state.statement : one(one(statement.condition[*]).values) if statement.sid == "VersionsStay"]) == var.version_deletion_role_arn
    error_message = "Only this role deletes versions."
  }
}
