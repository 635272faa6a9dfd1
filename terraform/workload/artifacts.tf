# Plans, results and caches, which expire, and what builds run and read.

resource "aws_s3_bucket" "artifacts" {
  # checkov:skip=CKV_AWS_18: CloudTrail's event history has each read and write of an artifact, as a call to the KMS key. Access logs would need a second bucket.
  # checkov:skip=CKV_AWS_21: The module bucket keeps its versions.
  # checkov:skip=CKV_AWS_144: An artifact is of use only to its pipeline.
  # checkov:skip=CKV_AWS_145: The module bucket encrypts it.
  # checkov:skip=CKV2_AWS_6: The module bucket keeps it private.
  # checkov:skip=CKV2_AWS_62: Nothing has to happen when an artifact comes.
  bucket = "${var.name}-artifacts-${var.workload}-${local.account}-${var.region}"
}

module "artifact_bucket" {
  source = "../modules/bucket"

  bucket                    = aws_s3_bucket.artifacts.bucket
  kms_key_arn               = module.key.arn
  version_deletion_role_arn = var.version_deletion_role_arn
}

resource "aws_s3_bucket_lifecycle_configuration" "artifacts" {
  bucket = aws_s3_bucket.artifacts.id

  dynamic "rule" {
    # CodePipeline keeps artifacts in a folder with the first characters of the pipeline's name.
    for_each = { results = "results/", caches = "cache/", artifacts = "${substr(local.full_name, 0, 20)}/" }

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

  depends_on = [module.artifact_bucket]
}

# One execution runs one version of the programs: the source action hands it to all builds.
resource "aws_s3_object" "programs" {
  # checkov:skip=CKV_AWS_186: It is encrypted with the key of the root, as the bucket says.
  bucket      = module.artifact_bucket.name
  key         = "stages.zip"
  source      = var.programs
  source_hash = filebase64sha256(var.programs)
}

# What the builds have to know: shared/workload-configuration.ts.
resource "aws_s3_object" "targets" {
  # checkov:skip=CKV_AWS_186: It is encrypted with the key of the root, as the bucket says.
  bucket       = module.artifact_bucket.name
  key          = "targets.json"
  content_type = "application/json"
  content = jsonencode({
    kind            = "workload"
    pipeline        = local.full_name
    accountId       = local.account
    region          = var.region
    repository      = { name = local.repository.name, url = local.repository.url, branch = local.repository.branch }
    workload        = var.workload
    path            = var.path
    variableFiles   = var.variable_files
    state           = { bucket = local.state.bucket, key = local.state.key, region = local.state.region, kmsKeyArn = local.state.kms_key_arn }
    plan            = { roleArn = local.role_arns.plan, externalId = local.full_name }
    apply           = { roleArn = local.role_arns.apply, externalId = local.full_name }
    secrets         = var.secrets
    startRuleArn    = local.start_rule_arn
    approverRoleArn = one(values(aws_iam_role.approve)[*].arn)
    protectedTypes  = var.protected_types
    scan            = { trivySeverities = var.trivy_severities, checkovChecks = var.checkov_checks }
    planTwice       = var.plan_twice
    guardrails = {
      url      = "https://git-codecommit.${coalesce(var.guardrails.region, var.region)}.${data.aws_partition.current.dns_suffix}/v1/repos/${var.guardrails.repository}"
      branch   = "main"
      pullRole = { roleArn = local.guardrail_roles.pull, externalId = var.guardrails.external_id }
    }
  })
}
