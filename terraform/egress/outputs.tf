output "vpc_id" {
  description = "VPC of the network; null with create_network = false."
  value       = local.vpc_id
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

output "digest_topic_arn" {
  description = "SNS topic with the digests."
  value       = aws_sns_topic.digests.arn
}

output "function_name" {
  description = "Name of the function sni-collector."
  value       = module.sni_collector.function_name
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}
