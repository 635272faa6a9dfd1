# An internal load balancer.

resource "aws_lb" "this" {
  # checkov:skip=CKV_AWS_91: A sample without traffic. Real ones log to a bucket of the platform team.
  # checkov:skip=CKV_AWS_150: A sample is destroyed again.
  # checkov:skip=CKV2_AWS_28: It is internal.
  name                       = local.name
  internal                   = true
  load_balancer_type         = "application"
  subnets                    = values(aws_subnet.private)[*].id
  security_groups            = [aws_security_group.load_balancer.id]
  drop_invalid_header_fields = true
  tags                       = local.tags
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"
  tags              = local.tags

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  for_each = toset(var.certificate_arn[*])

  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = each.key
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  tags              = local.tags

  default_action {
    type = "fixed-response"

    fixed_response {
      status_code  = "200"
      content_type = "text/plain"
      message_body = "Hello from ${var.team}."
    }
  }
}

resource "aws_security_group" "load_balancer" {
  # checkov:skip=CKV2_AWS_5: The load balancer has it.
  name        = "${local.name}-load-balancer"
  description = "The load balancer of ${local.name}."
  vpc_id      = aws_vpc.this.id
  tags        = local.tags
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  for_each = { for pair in setproduct(setunion([var.cidr_block], var.allowed_cidr_blocks), [80, 443]) : "${pair[0]} ${pair[1]}" => { cidr = pair[0], port = pair[1] } }

  security_group_id = aws_security_group.load_balancer.id
  description       = "Clients in ${each.value.cidr}."
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}
