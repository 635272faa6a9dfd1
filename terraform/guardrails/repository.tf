# The repository with the guardrails: new ones come to develop, those of main are active.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition

  # By its name, so that an adopted repository and one of this root are the same to everything else.
  repository = {
    name = var.repository.name
    arn  = "arn:${local.partition}:codecommit:${var.region}:${local.account}:${var.repository.name}"
    url  = "https://git-codecommit.${var.region}.${data.aws_partition.current.dns_suffix}/v1/repos/${var.repository.name}"
  }

  branches = { source = "develop", target = "main" }
  # Without its path: what npm run force-merge makes, and what guardrail-merger takes for a force merge.
  force_branches = "refs/heads/force/"
  # AWS writes a branch in an event as its name; one event was seen with its full name.
  names_of_branches = { for kind, branch in local.branches : kind => [branch, "refs/heads/${branch}"] }
}

resource "aws_codecommit_repository" "this" {
  # checkov:skip=CKV2_AWS_37: Approval rules for pull requests belong to the team. What becomes active passes the pipeline.
  # checkov:skip=CKV_AWS_257: As above.
  # checkov:skip=CKV_AWS_295: Everybody who clones would need the key too. The repository holds no secrets.
  for_each = toset([for name in [var.repository.name] : name if !var.repository.adopt])

  repository_name = each.key
  description     = "Guardrails. Those on develop are tried on every workload, those on main are active."

  lifecycle {
    prevent_destroy = true
  }
}
