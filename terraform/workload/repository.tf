# The repository of the workload. A push to its branch starts the pipeline.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  # The beginning of all names but those of roles, which other accounts trust by their names.
  full_name = "${var.name}-${var.workload}"

  # By its name, so that an adopted repository and one of this root are the same to everything else.
  repository = {
    name   = coalesce(var.repository.name, var.workload)
    branch = var.repository.branch
    arn    = "arn:${local.partition}:codecommit:${var.region}:${local.account}:${coalesce(var.repository.name, var.workload)}"
    url    = "https://git-codecommit.${var.region}.${data.aws_partition.current.dns_suffix}/v1/repos/${coalesce(var.repository.name, var.workload)}"
  }
}

resource "aws_codecommit_repository" "this" {
  # checkov:skip=CKV2_AWS_37: Approval rules for pull requests belong to the team. What is applied is approved in the pipeline.
  # checkov:skip=CKV_AWS_257: As above.
  # checkov:skip=CKV_AWS_295: Everybody who clones would need the key too. The repository holds no secrets.
  for_each = toset([for name in [local.repository.name] : name if !var.repository.adopt])

  repository_name = each.key
  description     = "Terraform of the workload ${var.workload}. A push to ${local.repository.branch} starts the pipeline ${local.full_name}."

  lifecycle {
    prevent_destroy = true
  }
}
