# Three tiers in each zone: private (workloads) → NAT gateway in protected → firewall endpoint in public → internet gateway.
# An answer comes back through the endpoint that its request went through: the firewall has to see both.

locals {
  # The addresses of a zone depend only on its letter, so that they stay when another zone is added or removed.
  places = { for place, letter in ["a", "b", "c", "d", "e", "f"] : letter => place }
  zones  = { for letter in var.zones : letter => "${var.region}${letter}" }

  # Endpoints and gateways need few addresses: their subnets are /28, the smallest that AWS allows, in the last eighth of the VPC.
  small_subnets = cidrsubnet(var.vpc_cidr, 3, 7)
  small_bits    = 28 - tonumber(split("/", local.small_subnets)[1])

  subnets = merge([for letter, zone in local.zones : {
    "private-${letter}"   = { zone = zone, cidr = cidrsubnet(var.vpc_cidr, 3, local.places[letter]), tags = local.workload_tags }
    "protected-${letter}" = { zone = zone, cidr = cidrsubnet(local.small_subnets, local.small_bits, 8 + local.places[letter]), tags = {} }
    "public-${letter}"    = { zone = zone, cidr = cidrsubnet(local.small_subnets, local.small_bits, local.places[letter]), tags = {} }
  }]...)

  # https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
  workload_tags = merge({ "kubernetes.io/role/internal-elb" = "1" }, { for name in var.eks_cluster_names : "kubernetes.io/cluster/${name}" => "shared" })
}

resource "aws_vpc" "this" {
  # checkov:skip=CKV2_AWS_11: The firewall logs the traffic that leaves. Flow logs would cost more than they add.
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
}

resource "aws_route_table" "this" {
  for_each = local.subnets

  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-${each.key}" }
}

resource "aws_route_table_association" "this" {
  for_each = local.subnets

  route_table_id = aws_route_table.this[each.key].id
  subnet_id      = aws_subnet.this[each.key].id
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
  subnet_id     = aws_subnet.this["protected-${each.key}"].id
  tags          = { Name = "${var.name}-${each.key}" }

  depends_on = [aws_internet_gateway.this]
}

# The way out.

resource "aws_route" "private_to_nat" {
  for_each = local.zones

  route_table_id         = aws_route_table.this["private-${each.key}"].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[each.key].id
}

resource "aws_route" "protected_to_firewall" {
  for_each = local.zones

  route_table_id         = aws_route_table.this["protected-${each.key}"].id
  destination_cidr_block = "0.0.0.0/0"
  vpc_endpoint_id        = local.firewall_endpoints[each.value]
}

resource "aws_route" "public_to_internet" {
  for_each = local.zones

  route_table_id         = aws_route_table.this["public-${each.key}"].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

# The way back: the internet gateway sends traffic for a NAT gateway to the firewall endpoint of its zone.

resource "aws_route_table" "internet" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-internet" }
}

resource "aws_route_table_association" "internet" {
  route_table_id = aws_route_table.internet.id
  gateway_id     = aws_internet_gateway.this.id
}

resource "aws_route" "internet_to_firewall" {
  for_each = local.zones

  route_table_id         = aws_route_table.internet.id
  destination_cidr_block = aws_subnet.this["protected-${each.key}"].cidr_block
  vpc_endpoint_id        = local.firewall_endpoints[each.value]
}
