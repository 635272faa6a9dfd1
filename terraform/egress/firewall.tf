locals {
  firewall_endpoints = { for state in flatten(aws_networkfirewall_firewall.this[*].firewall_status[0].sync_states) : state.availability_zone => state.attachment[0].endpoint_id }

  # A change of the mode changes only the policy: its rule groups and default actions.
  modes = {
    enforce = {
      rule_groups = [one(aws_networkfirewall_rule_group.allowed[*].arn), try(aws_networkfirewall_rule_group.written["not-allowed"].arn, null)]
      # These actions wait for the whole TLS ClientHello or HTTP request, which may take two packets, so that each alert has the hostname.
      default_actions = ["aws:drop_established_app_layer", "aws:alert_established_app_layer"]
    }
    observe = {
      rule_groups     = [try(aws_networkfirewall_rule_group.written["observed"].arn, null)]
      default_actions = []
    }
  }
}

# Both modes have all rule groups: AWS refuses to delete a group while a policy names it.

resource "aws_networkfirewall_rule_group" "allowed" {
  # checkov:skip=CKV_AWS_345: It holds no secret, and AWS encrypts it with its own key.
  count = var.create_network ? 1 : 0

  name        = "${var.name}-allowed"
  description = "Domains that workloads may reach."
  type        = "STATEFUL"
  # The capacity cannot be changed later. Each domain takes one rule for TLS and one for HTTP.
  capacity = 4000

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
  # checkov:skip=CKV_AWS_345: It holds no secret, and AWS encrypts it with its own key.
  for_each = var.create_network ? {
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
  } : {}

  name        = "${var.name}-${each.key}"
  description = each.value.description
  type        = "STATEFUL"
  capacity    = 100

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
  # checkov:skip=CKV_AWS_346: It holds no secret, and AWS encrypts it with its own key.
  count = var.create_network ? 1 : 0

  name = var.name

  firewall_policy {
    stateless_default_actions          = ["aws:forward_to_sfe"]
    stateless_fragment_default_actions = ["aws:forward_to_sfe"]
    stateful_default_actions           = local.modes[var.mode].default_actions

    stateful_engine_options {
      rule_order = "STRICT_ORDER"
    }

    # The firewall sees the traffic of the NAT gateways, whose addresses are in the VPC.
    policy_variables {
      rule_variables {
        key = "HOME_NET"

        ip_set {
          definition = [var.vpc_cidr]
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

resource "aws_networkfirewall_firewall" "this" {
  # checkov:skip=CKV_AWS_345: It holds no secret, and AWS encrypts it with its own key.
  count = var.create_network ? 1 : 0

  name                = var.name
  firewall_policy_arn = aws_networkfirewall_firewall_policy.this[0].arn
  vpc_id              = local.vpc_id
  delete_protection   = var.deletion_protection

  dynamic "subnet_mapping" {
    for_each = local.zones

    content {
      subnet_id = aws_subnet.this["public-${subnet_mapping.key}"].id
    }
  }
}

resource "aws_cloudwatch_log_group" "alert" {
  count = var.create_network ? 1 : 0

  name              = "/aws/network-firewall/${var.name}/alert"
  retention_in_days = var.log_retention_days
  kms_key_id        = module.sni_collector.kms_key_arn
}

resource "aws_networkfirewall_logging_configuration" "this" {
  count = var.create_network ? 1 : 0

  firewall_arn = aws_networkfirewall_firewall.this[0].arn

  logging_configuration {
    log_destination_config {
      log_type             = "ALERT"
      log_destination_type = "CloudWatchLogs"
      log_destination      = { logGroup = aws_cloudwatch_log_group.alert[0].name }
    }
  }
}
