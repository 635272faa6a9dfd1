# moto 5 forgets newer_noncurrent_versions, and the provider would wait for it. workload.tftest.hcl covers it.

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.old_versions_days
    }
  }
}

# It keeps no tags of a repository, so that each plan would set them again.

resource "aws_codecommit_repository" "this" {
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [tags, tags_all]
  }
}
