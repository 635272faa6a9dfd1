output "bucket" {
  description = "Name of the bucket with the states."
  value       = aws_s3_bucket.state.bucket
}

output "key" {
  description = "ARN of the KMS key of the states."
  value       = aws_kms_key.state.arn
}

output "backend" {
  description = "Content of a root's backend.tf. Replace ROOT with the name of the root."
  value       = <<-EOT
    terraform {
      backend "s3" {
        bucket       = "${aws_s3_bucket.state.bucket}"
        key          = "ROOT/terraform.tfstate"
        region       = "${var.region}"
        encrypt      = true
        kms_key_id   = "${aws_kms_key.state.arn}"
        use_lockfile = true
      }
    }
  EOT
}
