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

variable "zones" {
  description = "Letters of the availability zones. null: the first two of the region. Each zone has a firewall endpoint and a NAT gateway, which cost money by the hour."
  type        = set(string)
  default     = null

  validation {
    condition     = length(setsubtract(coalesce(var.zones, []), keys(local.region_zones))) == 0
    error_message = "These are not zones of ${var.region} for this account: ${join(", ", setsubtract(coalesce(var.zones, []), keys(local.region_zones)))}. It has ${join(", ", keys(local.region_zones))}."
  }

  validation {
    condition     = length(coalesce(var.zones, ["a", "b"])) >= 2
    error_message = "Write two or more letters of zones, such as [\"a\", \"b\"]: a single zone that fails would stop all egress."
  }
}

variable "firewall_placement" {
  description = "before-nat: workload → firewall → NAT gateway → internet, so that alerts name workloads. after-nat: workload → NAT gateway → firewall → internet. A change breaks open connections."
  type        = string
  default     = "before-nat"

  validation {
    condition     = contains(["before-nat", "after-nat"], var.firewall_placement)
    error_message = "The placement must be before-nat or after-nat."
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

variable "endpoint_account_ids" {
  description = "Accounts whose buckets and tables workloads reach through the gateway endpoints of S3 and DynamoDB in the mode enforce, besides the account of the network. In the mode observe they reach those of any account."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for id in var.endpoint_account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "Write account ids of 12 digits."
  }
}

variable "flow_log_bucket_arns" {
  description = "Buckets for the flow logs of the VPC, by ARN, with a prefix if you like: arn:…:s3:::flow-logs/egress."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.flow_log_bucket_arns : can(regex("^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?$", arn))])
    error_message = "Write ARNs of buckets, such as arn:…:s3:::flow-logs or arn:…:s3:::flow-logs/egress."
  }
}

variable "dns_query_log_destination_arns" {
  description = "Log groups, buckets or delivery streams of Firehose, by ARN, for the names that the VPC's resolver was asked for."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.dns_query_log_destination_arns : can(regex("^arn:[a-z-]+:(logs|s3|firehose):", arn))])
    error_message = "Write ARNs of log groups, buckets or delivery streams."
  }
}

variable "dns_firewall_rule_group_ids" {
  description = "Rule groups of Route 53 Resolver DNS Firewall for the VPC. The first is evaluated first. A new order takes two applies, since AWS takes each priority once: first without the groups that move, then with them."
  type        = list(string)
  default     = []

  validation {
    # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html
    condition     = length(distinct(var.dns_firewall_rule_group_ids)) == length(var.dns_firewall_rule_group_ids) && length(var.dns_firewall_rule_group_ids) <= 5
    error_message = "Write each rule group once, and at most five: AWS takes no more in a VPC."
  }
}

# The hub.

variable "transit_gateway_id" {
  description = "Transit gateway that brings the traffic of other VPCs, the spokes. null: the network serves only its own private subnets."
  type        = string
  default     = null

  validation {
    condition     = var.transit_gateway_id == null || var.firewall_placement == "before-nat"
    error_message = "Write firewall_placement = \"before-nat\" with a transit gateway: after-nat has no way for spokes through the firewall."
  }
}

variable "transit_gateway_route_table_id" {
  description = "Route table of the spokes at the transit gateway, which gets the default route to this network. null: you add the route yourself."
  type        = string
  default     = null

  validation {
    condition     = var.transit_gateway_route_table_id == null || var.transit_gateway_id != null
    error_message = "Write transit_gateway_id too: the route leads to its attachment."
  }
}

variable "spoke_cidrs" {
  description = "IPv4 networks behind the transit gateway whose workloads reach the internet through the firewall."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.spoke_cidrs : try(cidrsubnet(cidr, 0, 0) == cidr, false)])
    error_message = "Write IPv4 networks such as 10.1.0.0/16, with zeros after the prefix."
  }

  validation {
    condition     = length(var.spoke_cidrs) == 0 || var.transit_gateway_id != null
    error_message = "Write transit_gateway_id too: spokes reach the firewall only through a transit gateway."
  }

  validation {
    # Two networks overlap if they are the same at the shorter of their prefixes.
    condition = try(alltrue(flatten([for place, cidr in concat([var.vpc_cidr], var.spoke_cidrs) : [
      for other in slice(concat([var.vpc_cidr], var.spoke_cidrs), 0, place) :
      cidrhost("${split("/", cidr)[0]}/${min(split("/", cidr)[1], split("/", other)[1])}", 0) != cidrhost("${split("/", other)[0]}/${min(split("/", cidr)[1], split("/", other)[1])}", 0)
    ]])), true)
    error_message = "Networks of spokes must not overlap each other or vpc_cidr: the answer to a workload would go to another network."
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

locals {
  domain_pattern = "^\\.?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$"
}

variable "allowed_domains" {
  description = "Domains that workloads may reach by TLS in the mode enforce. example.com allows this name only; .example.com allows it and all names below it. null: the AWS services that nodes of an EKS cluster need."
  type        = set(string)
  default     = null

  validation {
    condition     = alltrue([for domain in coalesce(var.allowed_domains, []) : can(regex(local.domain_pattern, domain)) && length(domain) <= 253])
    error_message = "These are not domains: ${join(", ", [for domain in coalesce(var.allowed_domains, []) : domain if !can(regex(local.domain_pattern, domain)) || length(domain) > 253])}. Write example.com, or .example.com to allow all names below it too: in lower case, without scheme, port, path or wildcard."
  }
}

variable "allowed_http_domains" {
  description = "Domains that workloads may reach by HTTP without TLS in the mode enforce, written as in allowed_domains. null: the same as allowed_domains. Their text must fit into one rule, which has room for about 250."
  type        = set(string)
  default     = null

  validation {
    condition     = alltrue([for domain in coalesce(var.allowed_http_domains, []) : can(regex(local.domain_pattern, domain)) && length(domain) <= 253])
    error_message = "These are not domains: ${join(", ", [for domain in coalesce(var.allowed_http_domains, []) : domain if !can(regex(local.domain_pattern, domain)) || length(domain) > 253])}. Write them as in allowed_domains."
  }
}

variable "log_allowed" {
  description = "In the mode enforce, also logs allowed TLS connections and HTTP requests. Their number shows which domains nobody uses."
  type        = bool
  default     = false
}

variable "rule_capacity" {
  description = "Rules that the mode enforce has room for: one for each of allowed_domains, and 22 more. All groups of a policy together may have 30000, unless AWS raised the quota."
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

variable "enabled_analysis_types" {
  description = "Traffic that AWS keeps for its own reports of 30 days: TLS_SNI, HTTP_HOST."
  type        = set(string)
  default     = []

  validation {
    condition     = length(setsubtract(var.enabled_analysis_types, ["TLS_SNI", "HTTP_HOST"])) == 0
    error_message = "The analysis types are TLS_SNI and HTTP_HOST."
  }
}

variable "deletion_protection" {
  description = "Protects the firewall from deletion, and from changes of its zones and of which policy it has. Before you destroy it, or change zones, apply with false."
  type        = bool
  default     = true
}

# Who hears of it.

variable "subscribers" {
  description = "Endpoints that get the alarms, such as e-mail addresses, with their protocol. Firehose needs a role that may write to the stream."
  type = map(object({
    protocol = optional(string, "email")
    role_arn = optional(string)
  }))
  default = {}
}

variable "log_retention_days" {
  description = "Days that CloudWatch Logs keeps the alerts."
  type        = number
  default     = 365

  validation {
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "CloudWatch Logs keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days: write one of these."
  }
}

variable "tags" {
  description = "Tags of all resources. They win over our tags Project and Root."
  type        = map(string)
  default     = {}
}
