variable "region" {
  description = "Region of the release. The pipeline sets it."
  type        = string
}

variable "environment" {
  description = "Environment of the release. The pipeline sets it."
  type        = string
}

variable "team" {
  description = "Team of the release. The pipeline sets it."
  type        = string
}

variable "cidr_block" {
  description = "Network of the VPC."
  type        = string
  default     = "10.0.0.0/20"
}

variable "allowed_cidr_blocks" {
  description = "Networks that reach the load balancer. By default only the VPC does."
  type        = set(string)
  default     = []
}

variable "certificate_arn" {
  description = "Certificate of the load balancer in this region. Without one it only redirects to HTTPS."
  type        = string
  default     = null
}
