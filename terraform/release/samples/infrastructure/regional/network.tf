# A small VPC: two private subnets, and no way to the internet.

locals {
  name = "${var.environment}-${var.team}"
  tags = { Environment = var.environment, Team = var.team }
}

data "aws_availability_zones" "available" {
  # checkov:skip=CKV_AWS_394: The first two zones of a region stay the same.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

resource "aws_vpc" "this" {
  # checkov:skip=CKV2_AWS_11: A sample without traffic. Flow logs of a real network belong to the platform team.
  cidr_block           = var.cidr_block
  enable_dns_hostnames = true
  tags                 = merge(local.tags, { Name = local.name })
}

# Nothing uses it, so it lets nothing through.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
  tags   = merge(local.tags, { Name = "${local.name}-unused" })
}

resource "aws_subnet" "private" {
  for_each = { a = 0, b = 1 }

  vpc_id            = aws_vpc.this.id
  availability_zone = data.aws_availability_zones.available.names[each.value]
  cidr_block        = cidrsubnet(var.cidr_block, 2, each.value)
  tags              = merge(local.tags, { Name = "${local.name}-${each.key}" })
}
