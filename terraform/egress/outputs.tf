output "vpc_id" {
  description = "VPC of the network."
  value       = aws_vpc.this.id
}

output "subnet_ids" {
  description = "Subnets by tier and letter of the zone, such as private-a."
  value       = { for name, subnet in aws_subnet.this : name => subnet.id }
}

output "subnet_cidrs" {
  description = "IPv4 networks of the subnets, by tier and letter of the zone, such as private-a."
  value       = { for name, subnet in aws_subnet.this : name => subnet.cidr_block }
}

output "private_subnet_ids" {
  description = "Subnets for workloads, by letter of the zone."
  value       = { for letter in keys(local.zones) : letter => aws_subnet.this["private-${letter}"].id }
}

output "route_table_ids" {
  description = "Route tables by tier and letter of the zone, such as private-a. The table of the internet gateway is not among them."
  value       = { for name, table in aws_route_table.this : name => table.id }
}

output "nat_addresses" {
  description = "Public IPv4 addresses that traffic leaves from, by letter of the zone: for the allow lists of partners."
  value       = { for letter, address in aws_eip.nat : letter => address.public_ip }
}

output "transit_gateway_attachment_id" {
  description = "Attachment to the transit gateway; null without one."
  value       = one(values(aws_ec2_transit_gateway_vpc_attachment.this)[*].id)
}

output "firewall_arn" {
  description = "ARN of the firewall."
  value       = aws_networkfirewall_firewall.this.arn
}

output "firewall_policy_arn" {
  description = "ARN of the firewall policy."
  value       = aws_networkfirewall_firewall_policy.this.arn
}

output "alert_log_group_name" {
  description = "Log group with the alerts: alert_log_groups of sni-collector."
  value       = aws_cloudwatch_log_group.alert.name
}

output "alarm_topic_arn" {
  description = "SNS topic of the alarms."
  value       = module.alarms.arn
}

output "kms_key_arn" {
  description = "Key of the firewall, the alerts and the alarms."
  value       = module.key.arn
}
