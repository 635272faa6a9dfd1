output "name" {
  description = "Name of the bucket, once it keeps versions, encrypts and has its policy: objects that take it come after."
  value       = var.bucket

  depends_on = [
    aws_s3_bucket_versioning.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_ownership_controls.this,
    aws_s3_bucket_policy.this,
  ]
}
