resource "aws_cloudtrail" "plain" {
  name                          = "plain"
  s3_bucket_name                = "trail-111122223333"
  enable_logging                = false
  include_global_service_events = false
}

resource "terraform_data" "switch" {}

resource "aws_cloudtrail" "late" {
  name                          = "late"
  s3_bucket_name                = "trail-111122223333"
  kms_key_id                    = "arn:aws:kms:us-east-1:111122223333:key/12345678-1234-4234-8234-123456789012"
  enable_logging                = terraform_data.switch.id != ""
  enable_log_file_validation    = true
  is_multi_region_trail         = true
  include_global_service_events = true
}

module "logs" {
  source   = "./logs"
  for_each = toset(["a.b"])
}
