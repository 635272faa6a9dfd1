variable "region" {
  description = "Region of the network."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", var.region))
    error_message = "Write a region such as eu-central-1."
  }
}

variable "name" {
  description = "Beginning of the names of all resources. A second network in the same region needs another one."
  type        = string
  default     = "egress"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,23}$", var.name))
    error_message = "The name must have 1 to 24 of a-z, 0-9 and -, and begin with a letter."
  }
}

# The network.

variable "vpc_cidr" {
  description = "IPv4 network of the VPC. A private subnet gets an eighth of it."
  type        = string
  default     = "10.0.0.0/16"

  validation {
    condition     = try(tonumber(split("/", var.vpc_cidr)[1]) >= 16 && tonumber(split("/", var.vpc_cidr)[1]) <= 21 && cidrsubnet(var.vpc_cidr, 0, 0) == var.vpc_cidr, false)
    error_message = "Write an IPv4 network from /16 to /21, such as 10.0.0.0/16, with zeros after its prefix: a smaller network has no room for the subnets of six zones."
  }
}

variable "spoke_cidrs" {
  description = "IPv4 networks behind the transit gateway whose workloads reach the internet through the firewall."
  type        = list(string)
  default     = []
}

variable "zones" {
  description = "Letters of the availability zones. Each zone has a firewall endpoint and a NAT gateway, which cost money by the hour."
  type        = set(string)
  default     = ["a", "b"]

  validation {
    condition     = length(var.zones) >= 2 && length(setsubtract(var.zones, ["a", "b", "c", "d", "e", "f"])) == 0
    error_message = "Write two or more letters from a to f, such as [\"a\", \"b\"]: a single zone that fails would stop all egress."
  }
}

variable "eks_cluster_names" {
  description = "EKS clusters that may put nodes and load balancers into the subnets."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.eks_cluster_names : can(regex("^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$", name))])
    error_message = "Write names of EKS clusters: 1 to 100 of A-Z, a-z, 0-9, _ and -, and begin with a letter or a digit."
  }
}

# The firewall.

variable "mode" {
  description = "observe: drops nothing, and logs every TLS, HTTP and QUIC connection. enforce: drops and logs everything but TLS to allowed_domains and HTTP to allowed_http_domains."
  type        = string
  default     = "observe"

  validation {
    condition     = contains(["enforce", "observe"], var.mode)
    error_message = "The mode must be enforce or observe."
  }
}

variable "allowed_domains" {
  description = "Domains that workloads may reach by TLS in the mode enforce. example.com allows this name only; .example.com allows it and all names below it. null: the AWS services that nodes of an EKS cluster need."
  type        = set(string)
  default     = null

  validation {
    condition     = alltrue([for domain in coalesce(var.allowed_domains, []) : can(regex("^\\.?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", domain)) && length(domain) <= 253])
    error_message = "These are not domains: ${join(", ", [for domain in coalesce(var.allowed_domains, []) : domain if !can(regex("^\\.?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", domain))])}. Write example.com, or .example.com to allow all names below it too: in lower case, without scheme, port, path or wildcard."
  }
}

variable "allowed_http_domains" {
  description = "Domains that workloads may reach by HTTP without TLS in the mode enforce, written as in allowed_domains. null: the same as allowed_domains. Their text must fit into one rule, which has room for about 300."
  type        = set(string)
  default     = null

  validation {
    condition     = alltrue([for domain in coalesce(var.allowed_http_domains, []) : can(regex("^\\.?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", domain)) && length(domain) <= 253])
    error_message = "These are not domains: ${join(", ", [for domain in coalesce(var.allowed_http_domains, []) : domain if !can(regex("^\\.?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", domain))])}. Write them as in allowed_domains."
  }
}

variable "log_allowed" {
  description = "In the mode enforce, also logs allowed TLS connections and HTTP requests. Their number shows which domains nobody uses."
  type        = bool
  default     = false
}

variable "rule_capacity" {
  description = "Rules that the mode enforce has room for: one for each of allowed_domains, and 20 more. All groups of a policy together may have 30000, unless AWS raised the quota."
  type        = number
  default     = 2100

  validation {
    condition     = var.rule_capacity >= 100 && var.rule_capacity <= 30000 && floor(var.rule_capacity) == var.rule_capacity
    error_message = "The capacity must be a whole number from 100 to 30000."
  }
}

variable "rule_group_arns" {
  description = "Stateful rule groups that come before ours, in order: your own, and managed ones of AWS, with strict order. In the mode observe, managed groups alert instead of dropping; your own groups do what they say."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.rule_group_arns : can(regex("^arn:[a-z-]+:network-firewall:[a-z0-9-]+:([0-9]{12}|aws-managed):stateful-rulegroup/[A-Za-z0-9-]+$", arn))]) && length(var.rule_group_arns) <= 19
    error_message = "Write at most 19 ARNs of stateful rule groups, such as arn:PARTITION:network-firewall:REGION:ACCOUNT:stateful-rulegroup/NAME: with ours, a policy may have 20."
  }
}

variable "deletion_protection" {
  description = "Protects the firewall and the table of hostnames from deletion. Before you destroy, apply with false."
  type        = bool
  default     = true
}

# Who hears of it.

variable "subscribers" {
  description = "Endpoints that get the alarms, such as e-mail addresses, with their protocol."
  type = map(object({
    protocol = optional(string, "email")
  }))
  default = {}
}

variable "log_retention_days" {
  description = "Days that CloudWatch Logs keeps the alerts ."
  type        = number
  default     = 365
}
