# Tiers of subnets in each zone, named by what stands in them: private (workloads), firewall (endpoint), nat (NAT gateway), and
# attachment (of the transit gateway, where there is one). routes.tf says in which order traffic passes them.

data "aws_availability_zones" "this" {
  # checkov:skip=CKV_AWS_394: A zone that AWS adds has to be seen before it can be chosen. With zones written, it changes nothing.

  # In any state: an impaired zone keeps its letter, so that plans go on and move nothing. Without local zones, which have no
  # firewall endpoints.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  region_zones = { for zone in data.aws_availability_zones.this.names : trimprefix(zone, var.region) => zone }
  zones        = { for letter in coalesce(var.zones, toset(slice(keys(local.region_zones), 0, 2))) : letter => "${var.region}${letter}" }

  # The addresses of a zone depend only on its letter, so that they stay when another zone is added or removed.
  places = { for place, letter in ["a", "b", "c", "d", "e", "f"] : letter => place }

  # A private subnet is an eighth of the VPC. Endpoints, gateways and attachments need few addresses: their subnets are /28,
  # the smallest that AWS allows, in the last two eighths.
  attachment_subnets = cidrsubnet(var.vpc_cidr, 3, 6)
  small_subnets      = cidrsubnet(var.vpc_cidr, 3, 7)
  small_bits         = 28 - tonumber(split("/", local.small_subnets)[1])

  subnets = merge(flatten([for letter, zone in local.zones : [
    {
      "private-${letter}"  = { zone = zone, cidr = cidrsubnet(var.vpc_cidr, 3, local.places[letter]), tags = local.workload_tags }
      "firewall-${letter}" = { zone = zone, cidr = cidrsubnet(local.small_subnets, local.small_bits, local.places[letter]), tags = {} }
      "nat-${letter}"      = { zone = zone, cidr = cidrsubnet(local.small_subnets, local.small_bits, 8 + local.places[letter]), tags = {} }
    },
    { for gateway in local.transit_gateways : "attachment-${letter}" => { zone = zone, cidr = cidrsubnet(local.attachment_subnets, local.small_bits, local.places[letter]), tags = {} } },
  ]])...)

  # https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
  workload_tags = merge({ "kubernetes.io/role/internal-elb" = "1" }, { for name in var.eks_cluster_names : "kubernetes.io/cluster/${name}" => "shared" })
}

resource "aws_vpc" "this" {
  cidr_block           = var.vpc_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

# The default group has no rules, so that a resource without a security group of its own cannot be reached.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = var.name }
}

resource "aws_subnet" "this" {
  for_each = local.subnets

  vpc_id            = aws_vpc.this.id
  availability_zone = each.value.zone
  cidr_block        = each.value.cidr
  tags              = merge(each.value.tags, { Name = "${var.name}-${each.key}" })

  # When a zone goes, firewall and transit gateway leave its subnets before these are destroyed: AWS refuses the other order.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_eip" "nat" {
  for_each = local.zones

  domain = "vpc"
  tags   = { Name = "${var.name}-${each.key}" }

  depends_on = [aws_internet_gateway.this]
}

resource "aws_nat_gateway" "this" {
  for_each = local.zones

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.this["nat-${each.key}"].id
  tags          = { Name = "${var.name}-${each.key}" }

  depends_on = [aws_internet_gateway.this]
}
