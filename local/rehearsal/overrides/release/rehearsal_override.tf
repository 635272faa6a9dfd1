# The provider waits almost a minute until it has seen the same rules ten times. A rehearsal is too short for them to delete anything.

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  for_each = {}
}

resource "aws_s3_bucket_lifecycle_configuration" "artifacts" {
  for_each = {}
}
