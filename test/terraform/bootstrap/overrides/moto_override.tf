# moto 5 forgets newer_noncurrent_versions, and the provider would wait for it. bootstrap.tftest.hcl covers it.

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
