variable "acl" {
  type = string
}

resource "aws_s3_bucket_acl" "this" {
  bucket = "some"
  acl    = var.acl
}
