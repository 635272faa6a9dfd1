# moto 5 has no rule groups of Network Firewall, so the firewall is left out. egress.tftest.hcl covers it.

resource "aws_networkfirewall_rule_group" "allowed" {
  count = 0
}

resource "aws_networkfirewall_rule_group" "written" {
  for_each = {}
}

resource "aws_networkfirewall_firewall_policy" "this" {
  count = 0
}

resource "aws_networkfirewall_firewall" "this" {
  count = 0
}

resource "aws_networkfirewall_logging_configuration" "this" {
  count = 0
}

resource "aws_route" "protected_to_firewall" {
  for_each = {}
}

resource "aws_route" "internet_to_firewall" {
  for_each = {}
}
