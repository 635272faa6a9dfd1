# The artifacts of each environment: plans, results and caches, which expire, and what builds run and read.

resource "aws_s3_bucket" "artifacts" {
  # checkov:skip=CKV_AWS_18: CloudTrail's event history has each read and write of an artifact, as a call to the KMS key. Access logs would need a second bucket.
  # checkov:skip=CKV_AWS_144: An artifact is of use only to its pipeline.
  # checkov:skip=CKV2_AWS_62: Nothing has to happen when an artifact comes.
  for_each = var.environments

  bucket = "${var.name}-artifacts-${lower(each.key)}-${local.account}-${var.region}"
}

resource "aws_s3_bucket_lifecycle_configuration" "artifacts" {
  for_each = var.environments

  bucket = aws_s3_bucket.artifacts[each.key].id

  dynamic "rule" {
    # CodePipeline keeps artifacts in a folder with the first characters of the pipeline's name.
    for_each = { results = "results/", caches = "cache/", artifacts = "${substr(each.value.pipeline, 0, 20)}/" }

    content {
      id     = rule.key
      status = "Enabled"

      filter {
        prefix = rule.value
      }

      expiration {
        days = var.artifact_days
      }
    }
  }

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.artifact_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

# One execution runs one version of the programs: the source action hands it to all builds.
resource "aws_s3_object" "programs" {
  # checkov:skip=CKV_AWS_186: It is encrypted with the key of the environment, as the bucket says.
  for_each = var.environments

  bucket      = aws_s3_bucket.artifacts[each.key].id
  key         = "stages.zip"
  source      = var.programs
  source_hash = filebase64sha256(var.programs)

  depends_on = [aws_s3_bucket_versioning.this, aws_s3_bucket_server_side_encryption_configuration.this]
}

# What the builds of an environment have to know: shared/release-configuration.ts.
resource "aws_s3_object" "targets" {
  # checkov:skip=CKV_AWS_186: It is encrypted with the key of the environment, as the bucket says.
  for_each = var.environments

  bucket       = aws_s3_bucket.artifacts[each.key].id
  key          = "targets.json"
  content_type = "application/json"
  content = jsonencode({
    kind        = "release"
    environment = each.key
    pipeline    = each.value.pipeline
    accountId   = local.account
    region      = var.region
    repository  = { name = local.repository.name, url = local.repository.url, branch = local.repository.branch }
    regions     = each.value.regions
    homeRegion  = each.value.home_region
    state = {
      bucket    = local.states[each.key].bucket
      region    = local.states[each.key].region
      kmsKeyArn = local.states[each.key].kms_key_arn
    }
    artifactBucket  = aws_s3_bucket.artifacts[each.key].bucket
    ledgerTable     = aws_dynamodb_table.releases.name
    starterRoleArn  = module.pipeline_starter.role_arn
    approverRoleArn = try(aws_iam_role.approve[each.key].arn, null)
    targets = { for team, target in each.value.targets : team => {
      accountId    = target.account_id
      externalId   = target.external_id
      planRoleArn  = local.target_roles[each.key].plan[team]
      applyRoleArn = local.target_roles[each.key].apply[team]
      secrets      = target.secrets
    } }
    protectedTypes = coalesce(each.value.protected_types, var.protected_types)
    scan           = { trivySeverities = var.trivy_severities, checkovChecks = var.checkov_checks }
    planTwice      = var.plan_twice
    guardrails = one([for guardrails in local.guardrails : {
      url      = guardrails.url
      branch   = "main"
      pullRole = { roleArn = guardrails.pull_role, externalId = guardrails.external_id }
    }])
  })

  depends_on = [aws_s3_bucket_versioning.this, aws_s3_bucket_server_side_encryption_configuration.this]
}
