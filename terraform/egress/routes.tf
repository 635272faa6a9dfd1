# The way out and the way back, zone by zone. A connection passes the firewall endpoint of its zone once in each direction:
# the firewall drops a connection of which it sees one direction only.

locals {
  # Placement → tier → destination → next hop. A destination is a network, or the name of a tier: its subnet in the same zone.
  # A change of the placement changes only routes. Subnets, NAT gateways, their addresses and firewall endpoints stay.
  placements = {
    # https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/using-nat-gateway-with-firewall.html
    before-nat = {
      private    = { "0.0.0.0/0" = "firewall" }
      attachment = { for gateway in local.transit_gateways : "0.0.0.0/0" => "firewall" }
      firewall   = merge({ "0.0.0.0/0" = "nat" }, { for cidr in var.spoke_cidrs : cidr => "transit" })
      nat        = merge({ "0.0.0.0/0" = "internet", private = "firewall" }, { for cidr in var.spoke_cidrs : cidr => "firewall" })
      internet   = {}
    }
    # https://aws.amazon.com/blogs/networking-and-content-delivery/deployment-models-for-aws-network-firewall-with-vpc-routing-enhancements/
    after-nat = {
      private    = { "0.0.0.0/0" = "nat" }
      attachment = {}
      nat        = { "0.0.0.0/0" = "firewall" }
      firewall   = { "0.0.0.0/0" = "internet" }
      internet   = { nat = "firewall" }
    }
  }

  next_hops = { for letter, zone in local.zones : letter => {
    firewall = { vpc_endpoint_id = local.firewall_endpoints[zone] }
    nat      = { nat_gateway_id = aws_nat_gateway.this[letter].id }
    internet = { gateway_id = aws_internet_gateway.this.id }
    transit  = { transit_gateway_id = one(values(aws_ec2_transit_gateway_vpc_attachment.this)[*].transit_gateway_id) }
  } }

  # AWS takes a destination within the VPC only if it is exactly a subnet's.
  tier_cidrs = { for letter in keys(local.zones) : letter => {
    private = aws_subnet.this["private-${letter}"].cidr_block
    nat     = aws_subnet.this["nat-${letter}"].cidr_block
  } }

  route_table_ids = merge(
    { for name, table in aws_route_table.this : name => table.id },
    { for letter in keys(local.zones) : "internet-${letter}" => aws_route_table.internet.id },
  )

  routes = merge(flatten([for letter in keys(local.zones) : [for tier, table in local.placements[var.firewall_placement] : {
    for destination, hop in table : "${tier}-${letter} ${destination}" => {
      route_table_id = local.route_table_ids["${tier}-${letter}"]
      destination    = lookup(local.tier_cidrs[letter], destination, destination)
      next_hop       = local.next_hops[letter][hop]
    }
  }]])...)
}

resource "aws_route_table" "this" {
  for_each = local.subnets

  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-${each.key}" }

  # When a zone goes, the gateway endpoints leave its table before it is destroyed: they cannot leave one that is gone.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route_table_association" "this" {
  for_each = local.subnets

  route_table_id = aws_route_table.this[each.key].id
  subnet_id      = aws_subnet.this[each.key].id
}

# What enters through the internet gateway.
resource "aws_route_table" "internet" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-internet" }
}

resource "aws_route_table_association" "internet" {
  route_table_id = aws_route_table.internet.id
  gateway_id     = aws_internet_gateway.this.id
}

resource "aws_route" "this" {
  for_each = local.routes

  route_table_id         = each.value.route_table_id
  destination_cidr_block = each.value.destination
  gateway_id             = lookup(each.value.next_hop, "gateway_id", null)
  nat_gateway_id         = lookup(each.value.next_hop, "nat_gateway_id", null)
  transit_gateway_id     = lookup(each.value.next_hop, "transit_gateway_id", null)
  vpc_endpoint_id        = lookup(each.value.next_hop, "vpc_endpoint_id", null)
}
