resource "aws_kms_key" "this" {}

resource "aws_cloudtrail" "this" {
  name                       = "all"
  s3_bucket_name             = "trail-111122223333"
  enable_log_file_validation = true
  is_multi_region_trail      = true
  kms_key_id                 = aws_kms_key.this.arn
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "app"
  retention_in_days = 365
  kms_key_id        = aws_kms_key.this.arn
}
