# The workloads of other VPCs, the spokes, come through a transit gateway.

locals {
  transit_gateways = toset(compact([var.transit_gateway_id]))
}

resource "aws_ec2_transit_gateway_vpc_attachment" "this" {
  for_each = local.transit_gateways

  transit_gateway_id = each.key
  vpc_id             = aws_vpc.this.id
  subnet_ids         = [for letter in keys(local.zones) : aws_subnet.this["attachment-${letter}"].id]
  # Both directions of a connection take the same zone, and so the same firewall endpoint.
  # https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html
  appliance_mode_support = "enable"
  tags                   = { Name = var.name }
}

# The spokes' way here.
resource "aws_ec2_transit_gateway_route" "internet" {
  for_each = toset(compact([var.transit_gateway_route_table_id]))

  transit_gateway_route_table_id = each.key
  destination_cidr_block         = "0.0.0.0/0"
  transit_gateway_attachment_id  = one(values(aws_ec2_transit_gateway_vpc_attachment.this)[*].id)
}
