output "vpc_id" {
  description = "VPC of the network."
  value       = aws_vpc.this.id
}

output "subnet_cidrs" {
  description = "IPv4 networks of the subnets, by tier and letter of the zone, such as private-a."
  value       = { for name, subnet in aws_subnet.this : name => subnet.cidr_block }
}

output "private_subnet_ids" {
  description = "Subnets for workloads, by letter of the zone."
  value       = { for letter in keys(local.zones) : letter => aws_subnet.this["private-${letter}"].id }
}

output "alert_log_group_name" {
  description = "Log group with the alerts."
  value       = local.alert_log_group_name
}
