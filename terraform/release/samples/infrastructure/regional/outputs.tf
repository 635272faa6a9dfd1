output "load_balancer_dns_name" {
  description = "Name of the load balancer in the VPC."
  value       = aws_lb.this.dns_name
}
