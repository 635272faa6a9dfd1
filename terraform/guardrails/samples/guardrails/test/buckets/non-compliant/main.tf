resource "aws_s3_bucket" "none" {
  bucket = "without-a-block"
}

resource "aws_s3_bucket" "open" {}

resource "aws_s3_bucket_public_access_block" "open" {
  bucket                  = aws_s3_bucket.open.id
  block_public_acls       = false
  block_public_policy     = false
  restrict_public_buckets = false
}

resource "terraform_data" "acl" {
  input = "private"
}

resource "aws_s3_bucket_acl" "late" {
  bucket = aws_s3_bucket.open.id
  acl    = terraform_data.acl.output
}

module "acl" {
  source   = "./acl"
  for_each = toset(["public-read", "authenticated-read", "private"])

  acl = each.key
}
