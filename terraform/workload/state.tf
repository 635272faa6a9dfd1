# The state of the workload: a bucket of its own, unless it has one.

resource "aws_s3_bucket" "state" {
  # checkov:skip=CKV_AWS_18: CloudTrail's event history has each read and write of a state, as a call to the KMS key. Access logs would need a second bucket.
  # checkov:skip=CKV_AWS_21: The module bucket keeps its versions.
  # checkov:skip=CKV_AWS_144: A state describes resources in one region, and is of little use when that region fails.
  # checkov:skip=CKV_AWS_145: The module bucket encrypts it.
  # checkov:skip=CKV2_AWS_6: The module bucket keeps it private.
  # checkov:skip=CKV2_AWS_62: Nothing has to happen when a state changes.
  for_each = toset([for bucket in ["${var.name}-state-${var.workload}-${local.account}-${var.region}"] : bucket if var.adopted_state == null])

  bucket = each.key

  lifecycle {
    prevent_destroy = true
  }
}

module "state_bucket" {
  source   = "../modules/bucket"
  for_each = aws_s3_bucket.state

  bucket                    = each.value.bucket
  kms_key_arn               = module.key.arn
  version_deletion_role_arn = var.version_deletion_role_arn
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

  depends_on = [module.state_bucket]
}

locals {
  own_states = [for bucket in values(module.state_bucket) : { bucket = bucket.name, region = var.region, kms_key_arn = module.key.arn, key = "terraform.tfstate" }]
  state      = one(concat(local.own_states, var.adopted_state[*]))

  state_bucket = "arn:${local.partition}:s3:::${local.state.bucket}"
  state_object = "${local.state_bucket}/${local.state.key}"
}
