locals {
  # Ports and protocol.
  wrong = {
    ssh        = [22, 22, "tcp"]
    low        = [443, 1023, "tcp"]
    span       = [80, 443, "tcp"]
    everything = [0, 0, "-1"]
    datagrams  = [443, 443, "udp"]
    "a.b"      = [8080, 8080, "tcp"]
  }
  networks = { v4 = ["0.0.0.0/0", null], half = ["128.0.0.0/1", null], v6 = [null, "::/0"] }
  rules    = merge([for n, network in local.networks : { for w, wrong in local.wrong : "${n} ${w}" => concat(network, wrong) }]...)
}

resource "aws_security_group" "inside" {
  for_each = local.rules

  ingress {
    cidr_blocks      = compact([each.value[0]])
    ipv6_cidr_blocks = compact([each.value[1]])
    from_port        = each.value[2]
    to_port          = each.value[3]
    protocol         = each.value[4]
  }

  ingress {
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
    from_port        = 443
    to_port          = 443
    protocol         = "tcp"
  }
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = local.rules

  security_group_id = "sg-12345678"
  cidr_ipv4         = each.value[0]
  cidr_ipv6         = each.value[1]
  from_port         = each.value[4] == "-1" ? null : each.value[2]
  to_port           = each.value[4] == "-1" ? null : each.value[3]
  ip_protocol       = each.value[4]
}

module "older" {
  source   = "./older"
  for_each = local.rules

  rule = each.value
}

resource "terraform_data" "network" {
  input = "10.0.0.0/8"
}

resource "aws_security_group" "late" {
  ingress {
    cidr_blocks = [terraform_data.network.output]
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
  }
}

resource "aws_vpc_security_group_ingress_rule" "late" {
  security_group_id = "sg-12345678"
  cidr_ipv4         = terraform_data.network.output
  from_port         = 22
  to_port           = 22
  ip_protocol       = "tcp"
}
