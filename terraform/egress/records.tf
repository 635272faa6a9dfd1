# What the firewall does not see: traffic inside the VPC, and names that the VPC's resolver answers.

resource "aws_flow_log" "this" {
  for_each = var.flow_log_bucket_arns

  vpc_id               = aws_vpc.this.id
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = each.key
  tags                 = { Name = var.name }
}

resource "aws_route53_resolver_query_log_config" "this" {
  for_each = var.dns_query_log_destination_arns

  name            = var.name
  destination_arn = each.key
}

resource "aws_route53_resolver_query_log_config_association" "this" {
  for_each = var.dns_query_log_destination_arns

  resolver_query_log_config_id = aws_route53_resolver_query_log_config.this[each.key].id
  resource_id                  = aws_vpc.this.id
}

resource "aws_route53_resolver_firewall_rule_group_association" "this" {
  # AWS takes priorities between 100 and 9,900. The steps leave room for groups that others associate.
  # https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_AssociateFirewallRuleGroup.html
  for_each = { for place, id in var.dns_firewall_rule_group_ids : id => 200 + 100 * place }

  name                   = "${var.name}-${each.value}"
  firewall_rule_group_id = each.key
  priority               = each.value
  vpc_id                 = aws_vpc.this.id
}
