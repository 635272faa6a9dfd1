locals {
  # A change of the mode changes only the policy: its rule groups and default actions.
  modes = {
    enforce = {
      rule_groups = [aws_networkfirewall_rule_group.allowed.arn, aws_networkfirewall_rule_group.written["not-allowed"].arn]
      # These actions wait for the whole TLS ClientHello or HTTP request, which may take two packets, so that each alert has the hostname.
      default_actions = ["aws:drop_established_app_layer", "aws:alert_established_app_layer"]
    }
    observe = {
      rule_groups     = [aws_networkfirewall_rule_group.written["observed"].arn]
      default_actions = []
    }
  }
}

# Both modes have all rule groups: AWS refuses to delete a group while a policy names it.

resource "aws_networkfirewall_rule_group" "allowed" {
  name        = "${var.name}-allowed"
  description = "Domains that workloads may reach."
  type        = "STATEFUL"
  # The capacity cannot be changed later. Each domain takes one rule for TLS and one for HTTP.
  capacity = 4000

  encryption_configuration {
    key_id = module.key.arn
    type   = "CUSTOMER_KMS"
  }

  rule_group {
    rules_source {
      rules_source_list {
        generated_rules_type = "ALLOWLIST"
        target_types         = ["TLS_SNI", "HTTP_HOST"]
        targets              = var.allowed_domains
      }
    }

    stateful_rule_options {
      rule_order = "STRICT_ORDER"
    }
  }
}

resource "aws_networkfirewall_rule_group" "written" {
  for_each = {
    not-allowed = {
      description = "Protocols that a domain list cannot allow."
      # A domain list covers only TLS over TCP, and HTTP. Besides TCP, a NAT gateway forwards UDP and ICMP.
      rules = <<-EOT
        drop quic $HOME_NET any -> any any (msg:"QUIC is not allowed"; flow:to_server; sid:1001; rev:1;)
        drop udp $HOME_NET any -> any any (msg:"UDP is not allowed"; flow:to_server; sid:1002; rev:1;)
        drop icmp $HOME_NET any -> any any (msg:"ICMP is not allowed"; sid:1003; rev:1;)
      EOT
    }
    observed = {
      description = "Logs every TLS, HTTP and QUIC connection."
      # Each rule waits for the packet with the hostname: without that condition it would match an earlier packet.
      rules = <<-EOT
        alert tls $HOME_NET any -> any any (msg:"TLS connection"; flow:to_server; ssl_state:client_hello; sid:2001; rev:1;)
        alert http $HOME_NET any -> any any (msg:"HTTP request"; flow:to_server,established; http.method; bsize:>0; sid:2002; rev:1;)
        alert quic $HOME_NET any -> any any (msg:"QUIC connection"; flow:to_server; quic.version; bsize:>0; sid:2003; rev:1;)
      EOT
    }
  }

  name        = "${var.name}-${each.key}"
  description = each.value.description
  type        = "STATEFUL"
  capacity    = 100

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
    stateful_default_actions           = local.modes[var.mode].default_actions

    stateful_engine_options {
      rule_order = "STRICT_ORDER"
    }

    # The sources that the firewall sees: workloads, or NAT gateways after them, in the VPC; and workloads of the spokes.
    policy_variables {
      rule_variables {
        key = "HOME_NET"

        ip_set {
          definition = concat([var.vpc_cidr], var.spoke_cidrs)
        }
      }
    }

    dynamic "stateful_rule_group_reference" {
      for_each = local.modes[var.mode].rule_groups

      content {
        priority     = stateful_rule_group_reference.key + 1
        resource_arn = stateful_rule_group_reference.value
      }
    }
  }
}
