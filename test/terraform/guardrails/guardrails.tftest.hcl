# The root on a mocked provider: what moto forgets, and wrong values.

mock_provider "aws" {
  source = "./mock-aws"
}

variables {
  region = "cn-north-1"
  # The newest that the provider knows before version 6.19.
  lambda_runtime = "nodejs22.x"
  programs       = "versions.tf"
  workloads = {
    payments = {
      repository          = "https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/payments"
      repository_role_arn = "arn:aws-cn:iam::222233334444:role/palisade-pull-payments"
      state               = { bucket = "states", key = "payments.tfstate", region = "cn-north-1", role_arn = "arn:aws-cn:iam::222233334444:role/palisade-state-payments" }
      plan_role_arn       = "arn:aws-cn:iam::222233334444:role/palisade-plan-payments"
      external_id         = "made-up"
      owner               = "payments@example.com"
    }
  }
  break_glass = { principals = ["arn:aws-cn:iam::111122223333:user/mary"] }
  subscribers = { "team@example.com" = { alarms = true } }
}

run "terraform_destroys_no_bucket_with_pages_in_it" {
  command = plan

  assert {
    condition     = aws_s3_bucket.reports.force_destroy != true && aws_s3_bucket.artifacts.force_destroy != true
    error_message = "Pages are the record of what was tried."
  }
}

run "the_reports_of_builds_are_those_that_their_buildspecs_name" {
  command = plan

  # CodeBuild takes the group <project>-<name in the buildspec>, which the role may write to.
  assert {
    condition     = module.comply.project_name == "palisade-compliance" && module.self_check.project_name == "palisade-self-check"
    error_message = "Roles of other accounts know the builds by their names."
  }
}

run "a_plan_without_subscribers_warns" {
  command = plan

  variables {
    subscribers = {}
  }

  expect_failures = [check.alarms_have_a_subscriber, check.the_team_has_a_subscriber]
}

run "a_plan_warns_of_an_owner_whom_nobody_can_reach" {
  command = plan

  variables {
    workloads = {
      payments = {
        repository          = "https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/payments"
        repository_role_arn = "arn:aws-cn:iam::222233334444:role/palisade-pull-payments"
        state               = { bucket = "states", key = "payments.tfstate", region = "cn-north-1", role_arn = "arn:aws-cn:iam::222233334444:role/palisade-state-payments" }
        plan_role_arn       = "arn:aws-cn:iam::222233334444:role/palisade-plan-payments"
        external_id         = "made-up"
        owner               = "Team Payments"
      }
    }
  }

  expect_failures = [check.each_owner_has_a_subscriber]
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    region             = "Frankfurt"
    name               = "palisade-of-us"
    other_names        = ["Palisade"]
    programs           = "none.zip"
    repository         = { name = "my repository" }
    on_divergence      = "force"
    artifact_days      = 0.5
    report_days        = 0
    trust_policy_quota = 1024
    force_principals   = ["arn:aws-cn:sts::111122223333:assumed-role/lead/mary"]
    break_glass        = { principals = [] }
  }

  expect_failures = [
    var.region, var.name, var.other_names, var.programs, var.repository, var.on_divergence, var.artifact_days, var.report_days,
    var.trust_policy_quota, var.force_principals, var.break_glass,
  ]
}
