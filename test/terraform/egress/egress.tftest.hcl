# The egress network, on a mocked provider: another partition, other regions, and what moto lacks of DNS.

mock_provider "aws" {
  source = "./mock-aws"

  override_resource {
    target = aws_networkfirewall_rule_group.this["observe"]
    values = { arn = "arn:aws-cn:network-firewall:cn-north-1:111122223333:stateful-rulegroup/observe" }
  }

  override_resource {
    target = aws_networkfirewall_rule_group.this["enforce"]
    values = { arn = "arn:aws-cn:network-firewall:cn-north-1:111122223333:stateful-rulegroup/enforce" }
  }
}

variables {
  region      = "cn-north-1"
  subscribers = { "oncall@example.com" = {} }
}

run "the_mode_observe_has_only_rules_that_alert" {
  assert {
    condition     = toset(one(aws_networkfirewall_firewall_policy.this.firewall_policy).stateful_rule_group_reference[*].resource_arn) == toset([aws_networkfirewall_rule_group.this["observe"].arn])
    error_message = "Only the rules that log are in the policy: a group that passes or drops would change the traffic."
  }

  assert {
    condition     = !can(regex("(?m)^(drop|reject|pass)", one(one(aws_networkfirewall_rule_group.this["observe"].rule_group).rules_source).rules_string))
    error_message = "The rules only alert."
  }

  assert {
    condition     = one(one(aws_networkfirewall_firewall_policy.this.firewall_policy).stateful_engine_options).stream_exception_policy == "CONTINUE"
    error_message = "The default policy drops connections whose beginning the firewall missed, without a word."
  }

  assert {
    condition     = { for mode, group in aws_networkfirewall_rule_group.this : mode => "${group.name} ${group.capacity}" } == { observe = "egress-observe-100 100", enforce = "egress-enforce-2100 2100" } && aws_networkfirewall_firewall.this.name == "egress" && aws_networkfirewall_firewall_policy.this.name == "egress"
    error_message = "AWS changes neither name nor capacity in place: a new firewall would mean minutes without egress."
  }

  assert {
    condition     = jsonencode(regexall("content:\"([a-z0-9.-]+)\"; nocase; (?:startswith; )?endswith", one(one(aws_networkfirewall_rule_group.this["enforce"].rule_group).rules_source).rules_string)[*][0]) == jsonencode(["api.ecr.cn-north-1.amazonaws.com.cn", "ec2.cn-north-1.amazonaws.com.cn", "eks-auth.cn-north-1.amazonaws.com.cn", "eks.cn-north-1.amazonaws.com.cn", "sts.cn-north-1.amazonaws.com.cn", ".dkr.ecr.cn-north-1.amazonaws.com.cn"])
    error_message = "By default, workloads may reach what nodes of an EKS cluster need, in this region and partition: not each name below amazonaws.com, where anybody has a bucket."
  }
}

run "the_mode_enforce_has_only_its_own_rules" {
  variables {
    mode            = "enforce"
    allowed_domains = [".example.org", "example.com"]
  }

  assert {
    condition     = toset(one(aws_networkfirewall_firewall_policy.this.firewall_policy).stateful_rule_group_reference[*].resource_arn) == toset([aws_networkfirewall_rule_group.this["enforce"].arn])
    error_message = "The rules that log every connection would alert twice about one that is dropped."
  }

  assert {
    condition     = one(one(aws_networkfirewall_firewall_policy.this.firewall_policy).stateful_engine_options).stream_exception_policy == "REJECT"
    error_message = "A client hears at once that its connection is gone, and opens one that the firewall sees from the beginning."
  }

  assert {
    condition     = length(coalesce(one(aws_networkfirewall_firewall_policy.this.firewall_policy).stateful_default_actions, [])) == 0
    error_message = "A default action would drop HTTP, which no rule passes."
  }
}

run "rule_groups_of_the_user_come_first_and_managed_ones_only_alert_in_the_mode_observe" {
  variables {
    rule_group_arns = ["arn:aws-cn:network-firewall:cn-north-1:aws-managed:stateful-rulegroup/MalwareDomainsStrictOrder", "arn:aws-cn:network-firewall:cn-north-1:111122223333:stateful-rulegroup/mine"]
  }

  assert {
    condition = { for reference in one(aws_networkfirewall_firewall_policy.this.firewall_policy).stateful_rule_group_reference : reference.priority => "${reference.resource_arn} ${join(" ", reference.override[*].action)}" } == {
      1 = "arn:aws-cn:network-firewall:cn-north-1:aws-managed:stateful-rulegroup/MalwareDomainsStrictOrder DROP_TO_ALERT"
      2 = "arn:aws-cn:network-firewall:cn-north-1:111122223333:stateful-rulegroup/mine "
      3 = "${aws_networkfirewall_rule_group.this["observe"].arn} "
    }
    error_message = "The order is the user's, then ours. AWS takes an override only for managed groups."
  }
}

run "in_the_mode_enforce_managed_groups_drop" {
  command = plan

  variables {
    mode            = "enforce"
    rule_group_arns = ["arn:aws-cn:network-firewall:cn-north-1:aws-managed:stateful-rulegroup/MalwareDomainsStrictOrder"]
  }

  assert {
    condition     = flatten([for reference in one(aws_networkfirewall_firewall_policy.this.firewall_policy).stateful_rule_group_reference : reference.override]) == []
    error_message = "A managed group does what it says."
  }
}

run "domains_that_exceed_the_capacity_are_refused" {
  command = plan

  variables {
    rule_capacity   = 100
    allowed_domains = [for number in range(79) : "host-${number}.example.com"]
  }

  expect_failures = [aws_networkfirewall_rule_group.this["enforce"]]
}

run "domains_that_just_fit_are_taken" {
  command = plan

  variables {
    rule_capacity   = 100
    allowed_domains = [for number in range(78) : "host-${number}.example.com"]
  }

  assert {
    condition     = length(regexall("(?m)^[a-z]+ [a-z0-9]+ \\$HOME_NET ", one(one(aws_networkfirewall_rule_group.this["enforce"].rule_group).rules_source).rules_string)) == 100
    error_message = "Each domain is a rule, and the rest are 22."
  }
}

run "a_larger_capacity_has_another_name" {
  command = plan

  variables {
    rule_capacity = 3000
  }

  assert {
    condition     = aws_networkfirewall_rule_group.this["enforce"].name == "egress-enforce-3000" && aws_networkfirewall_rule_group.this["enforce"].capacity == 3000
    error_message = "AWS changes no capacity: the policy takes a new group before the old one goes, which needs another name."
  }
}

run "domains_that_exceed_the_length_of_the_rule_for_http_are_refused" {
  command = plan

  variables {
    allowed_domains = [for number in range(400) : "host-${number}.example.com"]
  }

  expect_failures = [aws_networkfirewall_rule_group.this["enforce"]]
}

run "many_domains_fit_where_few_need_http" {
  command = plan

  variables {
    allowed_domains      = flatten([for number in range(20) : [for other in range(100) : "host-${number}-${other}.example.com"]])
    allowed_http_domains = []
  }

  assert {
    condition     = strcontains(one(one(aws_networkfirewall_rule_group.this["enforce"].rule_group).rules_source).rules_string, "pcre:!\"/^(?:)$/i\"")
    error_message = "Without HTTP domains, every host is another one."
  }
}

run "the_firewall_evaluates_rules_in_strict_order_and_logs_alerts" {
  assert {
    condition     = one(one(aws_networkfirewall_firewall_policy.this.firewall_policy).stateful_engine_options).rule_order == "STRICT_ORDER"
    error_message = "In the default order, a pass rule wins over every other rule."
  }

  assert {
    condition     = alltrue([for group in aws_networkfirewall_rule_group.this : one(one(group.rule_group).stateful_rule_options).rule_order == "STRICT_ORDER"])
    error_message = "AWS refuses a group whose order differs from the order of the policy."
  }

  assert {
    condition     = { for variable in one(one(aws_networkfirewall_firewall_policy.this.firewall_policy).policy_variables).rule_variables : variable.key => one(variable.ip_set).definition } == { HOME_NET = toset(["10.0.0.0/16"]) }
    error_message = "$HOME_NET is the network that traffic comes from."
  }

  assert {
    condition     = one(aws_networkfirewall_firewall_policy.this.firewall_policy).stateless_default_actions == toset(["aws:forward_to_sfe"]) && one(aws_networkfirewall_firewall_policy.this.firewall_policy).stateless_fragment_default_actions == toset(["aws:forward_to_sfe"])
    error_message = "The stateful rules never see what the stateless engine passes."
  }

  assert {
    condition     = one(one(aws_networkfirewall_logging_configuration.this.logging_configuration).log_destination_config) == { log_type = "ALERT", log_destination_type = "CloudWatchLogs", log_destination = tomap({ logGroup = "/aws/network-firewall/egress/alert" }) }
    error_message = "The firewall logs its alerts."
  }

  assert {
    condition     = aws_cloudwatch_log_group.alert.name == "/aws/network-firewall/egress/alert" && aws_cloudwatch_log_group.alert.retention_in_days == 365 && aws_cloudwatch_log_group.alert.kms_key_id == module.key.arn
    error_message = "The log group of the alerts is encrypted and keeps them for a year."
  }

  assert {
    condition     = aws_networkfirewall_firewall.this.delete_protection && aws_networkfirewall_firewall.this.subnet_change_protection && aws_networkfirewall_firewall.this.firewall_policy_change_protection
    error_message = "The firewall is protected from deletion by mistake, and from the loss of a zone or of its policy."
  }
}

run "six_zones_fit_into_the_smallest_vpc_with_a_hub" {
  command = plan

  variables {
    vpc_cidr           = "10.20.8.0/21"
    zones              = ["a", "b", "c", "d", "e", "f"]
    transit_gateway_id = "tgw-0123456789abcdef0"
    spoke_cidrs        = ["10.21.0.0/16"]
  }

  assert {
    condition     = [for subnet in aws_subnet.this : subnet.cidr_block if !startswith(subnet.tags.Name, "egress-private-")] == concat([for place in range(6) : "10.20.14.${16 * place}/28"], [for place in range(6) : "10.20.15.${16 * place}/28"], [for place in range(6) : "10.20.15.${128 + 16 * place}/28"])
    error_message = "Attachments, endpoints and NAT gateways have subnets of their own, and none overlaps another."
  }

  assert {
    condition     = [for letter in ["a", "b", "c", "d", "e", "f"] : aws_subnet.this["private-${letter}"].cidr_block] == [for place in range(6) : "10.20.${8 + place}.0/24"]
    error_message = "Workloads have an eighth of the VPC in each zone."
  }

  assert {
    condition     = alltrue([for name, subnet in aws_subnet.this : subnet.availability_zone == "cn-north-1${substr(name, length(name) - 1, 1)}"]) && length(aws_subnet.this) == 24
    error_message = "Each zone has four subnets, in that zone."
  }

  assert {
    condition     = one(aws_networkfirewall_firewall_policy.this.firewall_policy).policy_variables[0].rule_variables == toset([{ key = "HOME_NET", ip_set = tolist([{ definition = toset(["10.20.8.0/21", "10.21.0.0/16"]) }]) }])
    error_message = "$HOME_NET is the VPC and the spokes."
  }
}

run "a_zone_keeps_its_addresses_when_another_zone_is_removed" {
  command = plan

  variables {
    vpc_cidr           = "10.20.8.0/21"
    zones              = ["b", "f"]
    transit_gateway_id = "tgw-0123456789abcdef0"
  }

  assert {
    condition     = { for name, subnet in aws_subnet.this : name => subnet.cidr_block } == { for name, cidr in run.six_zones_fit_into_the_smallest_vpc_with_a_hub.subnet_cidrs : name => cidr if endswith(name, "-b") || endswith(name, "-f") }
    error_message = "A subnet whose addresses change is replaced, with everything in it."
  }
}

run "without_zones_the_network_has_the_first_two_of_its_region" {
  command = plan

  override_data {
    target = data.aws_availability_zones.this
    values = { names = ["cn-north-1d", "cn-north-1c", "cn-north-1a"] }
  }

  assert {
    condition     = toset(values(aws_subnet.this)[*].availability_zone) == toset(["cn-north-1a", "cn-north-1c"])
    error_message = "Some regions have no zone b."
  }

  assert {
    condition     = data.aws_availability_zones.this.state == null
    error_message = "A zone that AWS calls impaired is still a zone of the network: without it, every plan of the incident would fail or move the network."
  }
}

run "a_zone_that_the_region_lacks_is_refused" {
  command = plan

  override_data {
    target = data.aws_availability_zones.this
    values = { names = ["cn-north-1d", "cn-north-1c", "cn-north-1a"] }
  }

  variables {
    zones = ["a", "b"]
  }

  expect_failures = [var.zones]
}

run "a_hub_with_the_firewall_after_the_nat_gateways_is_refused" {
  command = plan

  variables {
    transit_gateway_id = "tgw-0123456789abcdef0"
    firewall_placement = "after-nat"
  }

  expect_failures = [var.transit_gateway_id]
}

run "a_spoke_that_overlaps_the_vpc_is_refused" {
  command = plan

  variables {
    transit_gateway_id = "tgw-0123456789abcdef0"
    spoke_cidrs        = ["10.21.0.0/16", "10.0.128.0/17"]
  }

  expect_failures = [var.spoke_cidrs]
}

run "a_spoke_that_holds_the_vpc_is_refused" {
  command = plan

  variables {
    transit_gateway_id = "tgw-0123456789abcdef0"
    spoke_cidrs        = ["10.0.0.0/8"]
  }

  expect_failures = [var.spoke_cidrs]
}

run "a_spoke_that_overlaps_another_spoke_is_refused" {
  command = plan

  variables {
    transit_gateway_id = "tgw-0123456789abcdef0"
    spoke_cidrs        = ["10.21.0.0/16", "10.22.0.0/16", "10.20.0.0/14"]
  }

  expect_failures = [var.spoke_cidrs]
}

run "spokes_side_by_side_are_taken" {
  command = plan

  variables {
    transit_gateway_id = "tgw-0123456789abcdef0"
    spoke_cidrs        = ["10.1.0.0/16", "10.2.0.0/15", "10.4.0.0/16", "192.168.0.0/24", "192.168.1.0/24"]
  }

  assert {
    condition     = length([for name in keys(local.routes) : name if startswith(name, "nat-a ")]) == 7 && length([for name in keys(local.routes) : name if startswith(name, "firewall-a ")]) == 6
    error_message = "The NAT gateway's table leads each spoke to the firewall, and the firewall's table leads it to the transit gateway."
  }
}

run "the_gateway_endpoints_name_no_partition_but_their_own" {
  assert {
    condition = { for statement in data.aws_iam_policy_document.s3.statement : statement.sid => statement.resources } == {
      BucketsOfTheseAccounts = toset(["*"])
      ImagesAndPackagesOfAws = toset(["arn:aws-cn:s3:::prod-cn-north-1-starport-layer-bucket/*", "arn:aws-cn:s3:::al2023-repos-cn-north-1-de612dc2/*"])
    }
    error_message = "A bucket of AWS is in the partition and the region of the network."
  }

  assert {
    condition     = alltrue([for name, endpoint in aws_vpc_endpoint.this : endpoint.service_name == data.aws_vpc_endpoint_service.this[name].service_name && data.aws_vpc_endpoint_service.this[name].service == name && data.aws_vpc_endpoint_service.this[name].service_type == "Gateway"]) && toset(keys(aws_vpc_endpoint.this)) == toset(["s3", "dynamodb"])
    error_message = "AWS knows the name of a service in each partition."
  }
}

run "dns_queries_are_logged_and_filtered_on_request" {
  variables {
    dns_query_log_destination_arns = ["arn:aws-cn:s3:::dns", "arn:aws-cn:logs:cn-north-1:111122223333:log-group:dns:*"]
    dns_firewall_rule_group_ids    = ["rslvr-frg-b", "rslvr-frg-a"]
  }

  assert {
    condition     = { for arn, config in aws_route53_resolver_query_log_config.this : arn => config.destination_arn } == { for arn in ["arn:aws-cn:s3:::dns", "arn:aws-cn:logs:cn-north-1:111122223333:log-group:dns:*"] : arn => arn }
    error_message = "The resolver's queries go to each destination."
  }

  assert {
    condition     = alltrue([for arn, association in aws_route53_resolver_query_log_config_association.this : association.resource_id == aws_vpc.this.id && association.resolver_query_log_config_id == aws_route53_resolver_query_log_config.this[arn].id]) && length(aws_route53_resolver_query_log_config_association.this) == 2
    error_message = "Each log is of this VPC."
  }

  assert {
    condition     = { for id, association in aws_route53_resolver_firewall_rule_group_association.this : association.firewall_rule_group_id => "${association.priority} ${association.vpc_id == aws_vpc.this.id}" } == { rslvr-frg-b = "200 true", rslvr-frg-a = "300 true" }
    error_message = "The first rule group of the list is evaluated first."
  }
}

run "without_a_subscriber_of_alarms_the_plan_warns" {
  command = plan

  variables {
    subscribers = {}
  }

  expect_failures = [check.alarms_have_a_subscriber]
}

run "an_eks_cluster_may_use_only_the_private_subnets" {
  command = plan

  variables {
    eks_cluster_names = ["research"]
  }

  assert {
    condition     = [for name, subnet in aws_subnet.this : name if lookup(subnet.tags, "kubernetes.io/cluster/research", "") == "shared" && lookup(subnet.tags, "kubernetes.io/role/internal-elb", "") == "1"] == ["private-a", "private-b"]
    error_message = "Nodes in the other subnets would bypass the NAT gateways or the firewall."
  }
}
