variable "rule" {
  type = list(any)
}

resource "aws_security_group_rule" "this" {
  type              = "ingress"
  security_group_id = "sg-12345678"
  cidr_blocks       = var.rule[0] == null ? null : [var.rule[0]]
  ipv6_cidr_blocks  = var.rule[1] == null ? null : [var.rule[1]]
  from_port         = var.rule[2]
  to_port           = var.rule[3]
  protocol          = var.rule[4]
}
