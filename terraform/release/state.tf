# The states of each environment: a bucket of its own, unless it has one.

resource "aws_s3_bucket" "state" {
  # checkov:skip=CKV_AWS_18: CloudTrail's event history has each read and write of a state, as a call to the KMS key. Access logs would need a second bucket.
  # checkov:skip=CKV_AWS_144: Who needs states in a second region deploys a second cell there.
  # checkov:skip=CKV2_AWS_62: Nothing has to happen when a state changes.
  for_each = { for environment in setsubtract(keys(var.environments), keys(var.adopted_state_buckets)) : environment => lower(environment) }

  bucket = "${var.name}-state-${each.value}-${local.account}-${var.region}"

  lifecycle {
    prevent_destroy = true
  }
}

locals {
  states = merge(var.adopted_state_buckets, { for environment, bucket in aws_s3_bucket.state : environment => {
    bucket      = bucket.bucket
    region      = var.region
    kms_key_arn = module.environment_key[environment].arn
  } })

  # A scope is exact: with a pattern, dev would read the states of an environment dev-2.
  state_objects = { for name, environment in var.environments : name => [
    for scope in concat(environment.regions, ["global"]) : "arn:${local.partition}:s3:::${local.states[name].bucket}/*/${name}-${scope}/terraform.tfstate"
  ] }
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  for_each = aws_s3_bucket.state

  bucket = each.value.id

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days           = var.old_versions_days
      newer_noncurrent_versions = 20
    }

    # Every lock leaves a delete marker behind.
    expiration {
      expired_object_delete_marker = true
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}
