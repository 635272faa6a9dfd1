# What each mode does with traffic. A change of the mode changes only policies, in place: the firewall, its endpoints and routes stay.

locals {
  # The default is what nodes of an EKS cluster need. They load packages and images through the gateway endpoint of S3.
  # https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
  allowed_domains      = coalesce(var.allowed_domains, [for service in ["api.ecr", ".dkr.ecr", "ec2", "eks", "eks-auth", "sts"] : "${service}.${var.region}.${data.aws_partition.current.dns_suffix}"])
  allowed_http_domains = coalesce(var.allowed_http_domains, local.allowed_domains)

  modes = {
    observe = {
      rules = join("\n", [
        file("${path.module}/rules/observe.rules"),
        templatefile("${path.module}/rules/without-host.rules.tftpl", { action = "alert", first_sid = 2101 }),
      ])
      capacity = 100
      # Connections that are older than the firewall go on.
      stream_exception_policy = "CONTINUE"
      # A managed group that drops would change the traffic, and so would an endpoint that refuses a bucket.
      managed_actions   = ["DROP_TO_ALERT"]
      endpoint_accounts = ["*"]
    }
    enforce = {
      rules = templatefile("${path.module}/rules/enforce.rules.tftpl", {
        names      = sort([for domain in local.allowed_domains : domain if !startswith(domain, ".")])
        suffixes   = sort([for domain in local.allowed_domains : domain if startswith(domain, ".")])
        http_hosts = join("|", [for domain in sort(local.allowed_http_domains) : replace(replace(domain, "/^\\./", "(?:[\\w.-]+\\.)?"), "/([a-z0-9_-])\\./", "$1\\.")])
        log        = var.log_allowed

        without_host = trimspace(templatefile("${path.module}/rules/without-host.rules.tftpl", { action = "drop", first_sid = 1101 }))
      })
      capacity = var.rule_capacity
      # A client hears at once that its connection is gone, and the firewall sees the beginning of the next one.
      stream_exception_policy = "REJECT"
      managed_actions         = []
      endpoint_accounts       = concat([data.aws_caller_identity.current.account_id], tolist(var.endpoint_account_ids))
    }
  }
}

locals {
  rule_counts = { for name, mode in local.modes : name => length(regexall("(?m)^(alert|drop|pass) ", mode.rules)) }
}

# The groups of both modes are always there: AWS deletes no group while a policy names it.

resource "aws_networkfirewall_rule_group" "this" {
  for_each = local.modes

  # AWS changes no capacity. Another one has another name, so that the policy gets the new group before the old one goes.
  name        = "${var.name}-${each.key}-${each.value.capacity}"
  description = "Rules of the mode ${each.key}."
  type        = "STATEFUL"
  capacity    = each.value.capacity

  encryption_configuration {
    key_id = module.key.arn
    type   = "CUSTOMER_KMS"
  }

  rule_group {
    rules_source {
      rules_string = each.value.rules
    }

    stateful_rule_options {
      rule_order = "STRICT_ORDER"
    }
  }

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = local.rule_counts[each.key] <= each.value.capacity
      error_message = "The domains need ${local.rule_counts[each.key]} rules: set rule_capacity to that number or more. A new rule group replaces the old one, without an interruption."
    }

    precondition {
      # https://docs.aws.amazon.com/network-firewall/latest/developerguide/quotas.html
      condition     = alltrue([for rule in split("\n", each.value.rules) : length(rule) <= 8192])
      error_message = "The domains are too many for HTTP, whose hosts share a rule of at most 8192 characters: list those that need HTTP without TLS in allowed_http_domains."
    }
  }
}

resource "aws_networkfirewall_firewall_policy" "this" {
  name = var.name

  encryption_configuration {
    key_id = module.key.arn
    type   = "CUSTOMER_KMS"
  }

  firewall_policy {
    stateless_default_actions          = ["aws:forward_to_sfe"]
    stateless_fragment_default_actions = ["aws:forward_to_sfe"]

    # Without default actions: the rules of the mode enforce end with their own, since a default action would drop HTTP that no rule passes.
    stateful_engine_options {
      rule_order              = "STRICT_ORDER"
      stream_exception_policy = local.modes[var.mode].stream_exception_policy
    }

    # Sources: workloads of the VPC (after-nat: its NAT gateways) and of the spokes.
    policy_variables {
      rule_variables {
        key = "HOME_NET"

        ip_set {
          definition = concat([var.vpc_cidr], var.spoke_cidrs)
        }
      }
    }

    dynamic "stateful_rule_group_reference" {
      for_each = concat(var.rule_group_arns, [aws_networkfirewall_rule_group.this[var.mode].arn])

      content {
        priority     = stateful_rule_group_reference.key + 1
        resource_arn = stateful_rule_group_reference.value

        dynamic "override" {
          for_each = [for action in local.modes[var.mode].managed_actions : action if strcontains(stateful_rule_group_reference.value, ":aws-managed:")]

          content {
            action = override.value
          }
        }
      }
    }
  }
}
