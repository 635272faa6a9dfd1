# moto 5 keeps no tags of a repository, so that each plan would set them again.

resource "aws_codecommit_repository" "this" {
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [tags, tags_all]
  }
}
