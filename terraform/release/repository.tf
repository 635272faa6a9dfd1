# The repository with the infrastructure of the teams. Its tags release.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition

  # By its name, so that an adopted repository and one of this root are the same to everything else.
  repository = {
    name   = var.repository.name
    branch = var.repository.branch
    arn    = "arn:${local.partition}:codecommit:${var.region}:${local.account}:${var.repository.name}"
    url    = "https://git-codecommit.${var.region}.${data.aws_partition.current.dns_suffix}/v1/repos/${var.repository.name}"
  }
}

resource "aws_codecommit_repository" "this" {
  # checkov:skip=CKV2_AWS_37: Approval rules for pull requests belong to the teams. What is released is approved in the pipeline.
  # checkov:skip=CKV_AWS_257: As above.
  # checkov:skip=CKV_AWS_295: Everybody who clones would need the key too. The repository holds no secrets.
  for_each = toset([for name in [var.repository.name] : name if !var.repository.adopt])

  repository_name = each.key
  description     = "Infrastructure of the teams. A tag <environment>_<region or global>/<team>/<version> releases it."

  lifecycle {
    prevent_destroy = true
  }
}
