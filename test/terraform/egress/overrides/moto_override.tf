# Leaves out what moto 5 lacks: rule groups of the Network Firewall, and so the firewall. egress.tftest.hcl covers it with a
# provider that is made up.

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
