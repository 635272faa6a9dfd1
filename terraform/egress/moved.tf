# The names of version 0.1.0. Terraform moves aws_vpc.this[0] and its like to aws_vpc.this by itself.

# sni-collector has a root of its own now. The table with its memory stays in the account.
removed {
  from = aws_dynamodb_table.hostnames

  lifecycle {
    destroy = false
  }
}

moved {
  from = module.sni_collector.aws_kms_key.this
  to   = module.key.aws_kms_key.this
}

moved {
  from = aws_sns_topic.alarms
  to   = module.alarms.aws_sns_topic.this
}

moved {
  from = aws_sns_topic_subscription.alarms
  to   = module.alarms.aws_sns_topic_subscription.this
}

moved {
  from = aws_subnet.this["protected-a"]
  to   = aws_subnet.this["nat-a"]
}

moved {
  from = aws_route_table.this["protected-a"]
  to   = aws_route_table.this["nat-a"]
}

moved {
  from = aws_route_table_association.this["protected-a"]
  to   = aws_route_table_association.this["nat-a"]
}

moved {
  from = aws_subnet.this["public-a"]
  to   = aws_subnet.this["firewall-a"]
}

moved {
  from = aws_route_table.this["public-a"]
  to   = aws_route_table.this["firewall-a"]
}

moved {
  from = aws_route_table_association.this["public-a"]
  to   = aws_route_table_association.this["firewall-a"]
}

moved {
  from = aws_route.private_to_nat["a"]
  to   = aws_route.this["private-a 0.0.0.0/0"]
}

moved {
  from = aws_route.protected_to_firewall["a"]
  to   = aws_route.this["nat-a 0.0.0.0/0"]
}

moved {
  from = aws_route.public_to_internet["a"]
  to   = aws_route.this["firewall-a 0.0.0.0/0"]
}

moved {
  from = aws_route.internet_to_firewall["a"]
  to   = aws_route.this["internet-a nat"]
}

moved {
  from = aws_subnet.this["protected-b"]
  to   = aws_subnet.this["nat-b"]
}

moved {
  from = aws_route_table.this["protected-b"]
  to   = aws_route_table.this["nat-b"]
}

moved {
  from = aws_route_table_association.this["protected-b"]
  to   = aws_route_table_association.this["nat-b"]
}

moved {
  from = aws_subnet.this["public-b"]
  to   = aws_subnet.this["firewall-b"]
}

moved {
  from = aws_route_table.this["public-b"]
  to   = aws_route_table.this["firewall-b"]
}

moved {
  from = aws_route_table_association.this["public-b"]
  to   = aws_route_table_association.this["firewall-b"]
}

moved {
  from = aws_route.private_to_nat["b"]
  to   = aws_route.this["private-b 0.0.0.0/0"]
}

moved {
  from = aws_route.protected_to_firewall["b"]
  to   = aws_route.this["nat-b 0.0.0.0/0"]
}

moved {
  from = aws_route.public_to_internet["b"]
  to   = aws_route.this["firewall-b 0.0.0.0/0"]
}

moved {
  from = aws_route.internet_to_firewall["b"]
  to   = aws_route.this["internet-b nat"]
}

moved {
  from = aws_subnet.this["protected-c"]
  to   = aws_subnet.this["nat-c"]
}

moved {
  from = aws_route_table.this["protected-c"]
  to   = aws_route_table.this["nat-c"]
}

moved {
  from = aws_route_table_association.this["protected-c"]
  to   = aws_route_table_association.this["nat-c"]
}

moved {
  from = aws_subnet.this["public-c"]
  to   = aws_subnet.this["firewall-c"]
}

moved {
  from = aws_route_table.this["public-c"]
  to   = aws_route_table.this["firewall-c"]
}

moved {
  from = aws_route_table_association.this["public-c"]
  to   = aws_route_table_association.this["firewall-c"]
}

moved {
  from = aws_route.private_to_nat["c"]
  to   = aws_route.this["private-c 0.0.0.0/0"]
}

moved {
  from = aws_route.protected_to_firewall["c"]
  to   = aws_route.this["nat-c 0.0.0.0/0"]
}

moved {
  from = aws_route.public_to_internet["c"]
  to   = aws_route.this["firewall-c 0.0.0.0/0"]
}

moved {
  from = aws_route.internet_to_firewall["c"]
  to   = aws_route.this["internet-c nat"]
}

moved {
  from = aws_subnet.this["protected-d"]
  to   = aws_subnet.this["nat-d"]
}

moved {
  from = aws_route_table.this["protected-d"]
  to   = aws_route_table.this["nat-d"]
}

moved {
  from = aws_route_table_association.this["protected-d"]
  to   = aws_route_table_association.this["nat-d"]
}

moved {
  from = aws_subnet.this["public-d"]
  to   = aws_subnet.this["firewall-d"]
}

moved {
  from = aws_route_table.this["public-d"]
  to   = aws_route_table.this["firewall-d"]
}

moved {
  from = aws_route_table_association.this["public-d"]
  to   = aws_route_table_association.this["firewall-d"]
}

moved {
  from = aws_route.private_to_nat["d"]
  to   = aws_route.this["private-d 0.0.0.0/0"]
}

moved {
  from = aws_route.protected_to_firewall["d"]
  to   = aws_route.this["nat-d 0.0.0.0/0"]
}

moved {
  from = aws_route.public_to_internet["d"]
  to   = aws_route.this["firewall-d 0.0.0.0/0"]
}

moved {
  from = aws_route.internet_to_firewall["d"]
  to   = aws_route.this["internet-d nat"]
}

moved {
  from = aws_subnet.this["protected-e"]
  to   = aws_subnet.this["nat-e"]
}

moved {
  from = aws_route_table.this["protected-e"]
  to   = aws_route_table.this["nat-e"]
}

moved {
  from = aws_route_table_association.this["protected-e"]
  to   = aws_route_table_association.this["nat-e"]
}

moved {
  from = aws_subnet.this["public-e"]
  to   = aws_subnet.this["firewall-e"]
}

moved {
  from = aws_route_table.this["public-e"]
  to   = aws_route_table.this["firewall-e"]
}

moved {
  from = aws_route_table_association.this["public-e"]
  to   = aws_route_table_association.this["firewall-e"]
}

moved {
  from = aws_route.private_to_nat["e"]
  to   = aws_route.this["private-e 0.0.0.0/0"]
}

moved {
  from = aws_route.protected_to_firewall["e"]
  to   = aws_route.this["nat-e 0.0.0.0/0"]
}

moved {
  from = aws_route.public_to_internet["e"]
  to   = aws_route.this["firewall-e 0.0.0.0/0"]
}

moved {
  from = aws_route.internet_to_firewall["e"]
  to   = aws_route.this["internet-e nat"]
}

moved {
  from = aws_subnet.this["protected-f"]
  to   = aws_subnet.this["nat-f"]
}

moved {
  from = aws_route_table.this["protected-f"]
  to   = aws_route_table.this["nat-f"]
}

moved {
  from = aws_route_table_association.this["protected-f"]
  to   = aws_route_table_association.this["nat-f"]
}

moved {
  from = aws_subnet.this["public-f"]
  to   = aws_subnet.this["firewall-f"]
}

moved {
  from = aws_route_table.this["public-f"]
  to   = aws_route_table.this["firewall-f"]
}

moved {
  from = aws_route_table_association.this["public-f"]
  to   = aws_route_table_association.this["firewall-f"]
}

moved {
  from = aws_route.private_to_nat["f"]
  to   = aws_route.this["private-f 0.0.0.0/0"]
}

moved {
  from = aws_route.protected_to_firewall["f"]
  to   = aws_route.this["nat-f 0.0.0.0/0"]
}

moved {
  from = aws_route.public_to_internet["f"]
  to   = aws_route.this["firewall-f 0.0.0.0/0"]
}

moved {
  from = aws_route.internet_to_firewall["f"]
  to   = aws_route.this["internet-f nat"]
}

moved {
  from = aws_networkfirewall_rule_group.allowed[0]
  to   = aws_networkfirewall_rule_group.this["enforce"]
}

moved {
  from = aws_networkfirewall_rule_group.written["observed"]
  to   = aws_networkfirewall_rule_group.this["observe"]
}
