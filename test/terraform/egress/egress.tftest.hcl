# The egress network, on a mocked provider: the firewall, which moto lacks, and another partition.

mock_provider "aws" {
  source = "./mock-aws"

  override_resource {
    target = aws_networkfirewall_rule_group.allowed
    values = { arn = "arn:aws-cn:network-firewall:cn-north-1:111122223333:stateful-rulegroup/allowed" }
  }

  override_resource {
    target = aws_networkfirewall_rule_group.written["not-allowed"]
    values = { arn = "arn:aws-cn:network-firewall:cn-north-1:111122223333:stateful-rulegroup/not-allowed" }
  }

  override_resource {
    target = aws_networkfirewall_rule_group.written["observed"]
    values = { arn = "arn:aws-cn:network-firewall:cn-north-1:111122223333:stateful-rulegroup/observed" }
  }
}

variables {
  region = "cn-north-1"
  # The newest that the provider knows before version 6.19.
  lambda_runtime = "nodejs22.x"

  subscribers = {
    "all@example.com"     = {}
    "blocked@example.com" = { digests = "blocked", alarms = true }
    "alarms@example.com"  = { digests = "none", alarms = true }
  }
}

run "the_mode_observe_logs_every_connection_and_drops_none" {
  assert {
    condition     = toset(one(aws_networkfirewall_firewall_policy.this[0].firewall_policy).stateful_rule_group_reference[*].resource_arn) == toset([aws_networkfirewall_rule_group.written["observed"].arn])
    error_message = "Only the rules that log are in the policy: a group that passes or drops would change the traffic."
  }

  assert {
    condition     = length(coalesce(one(aws_networkfirewall_firewall_policy.this[0].firewall_policy).stateful_default_actions, [])) == 0
    error_message = "A default action that drops would block traffic."
  }

  assert {
    condition     = alltrue([for protocol in ["tls", "http", "quic"] : length(regexall("(?m)^alert ${protocol} \\$HOME_NET any -> any any ", one(one(aws_networkfirewall_rule_group.written["observed"].rule_group).rules_source).rules_string)) == 1])
    error_message = "A hostname is visible in TLS, HTTP and QUIC."
  }

  assert {
    condition     = !can(regex("(?m)^(drop|reject|pass)", one(one(aws_networkfirewall_rule_group.written["observed"].rule_group).rules_source).rules_string))
    error_message = "The rules only alert."
  }

  assert {
    condition     = [aws_networkfirewall_firewall.this[0].name, aws_networkfirewall_firewall_policy.this[0].name, aws_networkfirewall_rule_group.allowed[0].name, aws_networkfirewall_rule_group.allowed[0].capacity] == ["egress", "egress", "egress-allowed", 4000] && aws_networkfirewall_firewall.this[0].vpc_id == aws_vpc.this[0].id
    error_message = "What AWS cannot change in place is the same in both modes: a new firewall would mean minutes without egress."
  }
}

run "the_mode_enforce_drops_all_but_allowed_domains_and_keeps_the_firewall" {
  variables {
    mode            = "enforce"
    allowed_domains = [".amazonaws.com.cn", "example.com"]
  }

  assert {
    condition     = [aws_networkfirewall_firewall.this[0].name, aws_networkfirewall_firewall_policy.this[0].name, aws_networkfirewall_rule_group.allowed[0].name, aws_networkfirewall_rule_group.allowed[0].capacity] == ["egress", "egress", "egress-allowed", 4000] && aws_networkfirewall_firewall.this[0].vpc_id == aws_vpc.this[0].id
    error_message = "What AWS cannot change in place is the same in both modes: a new firewall would mean minutes without egress."
  }

  assert {
    condition     = { for reference in one(aws_networkfirewall_firewall_policy.this[0].firewall_policy).stateful_rule_group_reference : reference.priority => reference.resource_arn } == { 1 = aws_networkfirewall_rule_group.allowed[0].arn, 2 = aws_networkfirewall_rule_group.written["not-allowed"].arn }
    error_message = "The rule group that passes comes before the one that drops."
  }

  assert {
    condition     = one(aws_networkfirewall_firewall_policy.this[0].firewall_policy).stateful_default_actions == toset(["aws:drop_established_app_layer", "aws:alert_established_app_layer"])
    error_message = "A connection that is not allowed is dropped and logged once its hostname is known."
  }

  assert {
    condition = one(one(one(aws_networkfirewall_rule_group.allowed[0].rule_group).rules_source).rules_source_list) == {
      generated_rules_type = "ALLOWLIST"
      target_types         = toset(["TLS_SNI", "HTTP_HOST"])
      targets              = toset([".amazonaws.com.cn", "example.com"])
    }
    error_message = "The domains are allowed in TLS and in HTTP."
  }

  assert {
    condition     = alltrue([for protocol in ["quic", "udp", "icmp"] : length(regexall("(?m)^drop ${protocol} \\$HOME_NET any -> any any ", one(one(aws_networkfirewall_rule_group.written["not-allowed"].rule_group).rules_source).rules_string)) == 1])
    error_message = "A NAT gateway forwards UDP and ICMP too, which the default actions for established connections do not stop at once."
  }
}

run "the_firewall_evaluates_rules_in_strict_order_and_logs_alerts" {
  assert {
    condition     = one(one(aws_networkfirewall_firewall_policy.this[0].firewall_policy).stateful_engine_options).rule_order == "STRICT_ORDER"
    error_message = "In the default order, a pass rule wins over every other rule."
  }

  assert {
    condition     = alltrue([for group in concat(aws_networkfirewall_rule_group.allowed, values(aws_networkfirewall_rule_group.written)) : one(one(group.rule_group).stateful_rule_options).rule_order == "STRICT_ORDER"])
    error_message = "AWS refuses a group whose order differs from the order of the policy."
  }

  assert {
    condition     = { for variable in one(one(aws_networkfirewall_firewall_policy.this[0].firewall_policy).policy_variables).rule_variables : variable.key => one(variable.ip_set).definition } == { HOME_NET = toset(["10.0.0.0/16"]) }
    error_message = "$HOME_NET is the network that traffic comes from."
  }

  assert {
    condition     = one(aws_networkfirewall_firewall_policy.this[0].firewall_policy).stateless_default_actions == toset(["aws:forward_to_sfe"]) && one(aws_networkfirewall_firewall_policy.this[0].firewall_policy).stateless_fragment_default_actions == toset(["aws:forward_to_sfe"])
    error_message = "The stateful rules never see what the stateless engine passes."
  }

  assert {
    condition     = one(one(aws_networkfirewall_logging_configuration.this[0].logging_configuration).log_destination_config) == { log_type = "ALERT", log_destination_type = "CloudWatchLogs", log_destination = tomap({ logGroup = "/aws/network-firewall/egress/alert" }) }
    error_message = "The firewall logs its alerts."
  }

  assert {
    condition     = aws_cloudwatch_log_group.alert[0].name == "/aws/network-firewall/egress/alert" && aws_cloudwatch_log_group.alert[0].retention_in_days == 365 && aws_cloudwatch_log_group.alert[0].kms_key_id == module.sni_collector.kms_key_arn
    error_message = "The log group of the alerts is encrypted and keeps them for a year."
  }

  assert {
    condition     = aws_networkfirewall_firewall.this[0].delete_protection && aws_dynamodb_table.hostnames.deletion_protection_enabled
    error_message = "The firewall and the table are protected from deletion by mistake."
  }
}

run "traffic_leaves_and_returns_through_the_firewall_endpoint_of_its_zone" {
  variables {
    zones = ["a", "b", "c", "d", "e", "f"]
  }

  assert {
    condition     = alltrue([for zone in ["a", "b", "c", "d", "e", "f"] : aws_route.private_to_nat[zone].nat_gateway_id == aws_nat_gateway.this[zone].id && aws_route.private_to_nat[zone].route_table_id == aws_route_table.this["private-${zone}"].id && aws_nat_gateway.this[zone].subnet_id == aws_subnet.this["protected-${zone}"].id])
    error_message = "The traffic of workloads leaves through the NAT gateway of their zone."
  }

  assert {
    condition     = alltrue([for zone in ["a", "b", "c", "d", "e", "f"] : aws_route.protected_to_firewall[zone].vpc_endpoint_id == "vpce-0000000000000000${zone}" && aws_route.protected_to_firewall[zone].route_table_id == aws_route_table.this["protected-${zone}"].id])
    error_message = "The traffic of a NAT gateway leaves through the firewall endpoint of its zone."
  }

  assert {
    condition     = alltrue([for zone in ["a", "b", "c", "d", "e", "f"] : aws_route.internet_to_firewall[zone].vpc_endpoint_id == "vpce-0000000000000000${zone}" && aws_route.internet_to_firewall[zone].destination_cidr_block == aws_subnet.this["protected-${zone}"].cidr_block && aws_route.internet_to_firewall[zone].route_table_id == aws_route_table.internet[0].id])
    error_message = "An answer has to come back through the endpoint that saw its request, or the firewall drops it."
  }

  assert {
    condition     = aws_route_table_association.internet[0].gateway_id == aws_internet_gateway.this[0].id && aws_route_table_association.internet[0].route_table_id == aws_route_table.internet[0].id
    error_message = "The internet gateway has the route table of the way back."
  }

  assert {
    condition     = alltrue([for zone in ["a", "b", "c", "d", "e", "f"] : aws_route.public_to_internet[zone].gateway_id == aws_internet_gateway.this[0].id && aws_route.public_to_internet[zone].route_table_id == aws_route_table.this["public-${zone}"].id])
    error_message = "Firewall endpoints reach the internet gateway."
  }

  assert {
    condition     = alltrue([for name, subnet in aws_subnet.this : subnet.availability_zone == "cn-north-1${substr(name, length(name) - 1, 1)}" && aws_route_table_association.this[name].subnet_id == subnet.id && aws_route_table_association.this[name].route_table_id == aws_route_table.this[name].id]) && length(aws_subnet.this) == 18
    error_message = "Each zone has three subnets, each with a table of its own."
  }

  assert {
    condition     = toset([for mapping in aws_networkfirewall_firewall.this[0].subnet_mapping : mapping.subnet_id]) == toset([for zone in ["a", "b", "c", "d", "e", "f"] : aws_subnet.this["public-${zone}"].id])
    error_message = "The firewall has an endpoint in the public subnet of each zone."
  }
}

run "a_zone_keeps_its_addresses_when_another_zone_is_removed" {
  command = plan

  variables {
    zones = ["b", "f"]
  }

  assert {
    condition     = { for name, subnet in aws_subnet.this : name => subnet.cidr_block } == { for name, cidr in run.traffic_leaves_and_returns_through_the_firewall_endpoint_of_its_zone.subnet_cidrs : name => cidr if endswith(name, "-b") || endswith(name, "-f") }
    error_message = "A subnet whose addresses change is replaced, with everything in it."
  }
}

run "six_zones_fit_into_the_smallest_vpc" {
  command = plan

  variables {
    vpc_cidr = "10.20.8.0/21"
    zones    = ["a", "b", "c", "d", "e", "f"]
  }

  assert {
    condition     = toset([for subnet in aws_subnet.this : subnet.cidr_block]) == toset(concat([for place in range(6) : "10.20.${8 + place}.0/24"], [for place in range(6) : "10.20.15.${16 * place}/28"], [for place in range(6) : "10.20.15.${128 + 16 * place}/28"]))
    error_message = "18 subnets are in the VPC, and none overlaps another."
  }

  assert {
    condition     = one(aws_networkfirewall_firewall_policy.this[0].firewall_policy).policy_variables[0].rule_variables == toset([{ key = "HOME_NET", ip_set = tolist([{ definition = toset(["10.20.8.0/21"]) }]) }])
    error_message = "$HOME_NET is the VPC, whichever it is."
  }
}

run "an_existing_firewall_gets_the_function_and_no_network" {
  command = plan

  variables {
    create_network       = false
    alert_log_group_name = "/made-up/alerts"
  }

  assert {
    condition     = length(concat(aws_vpc.this, aws_internet_gateway.this, aws_networkfirewall_rule_group.allowed, aws_networkfirewall_firewall_policy.this, aws_networkfirewall_firewall.this, aws_networkfirewall_logging_configuration.this, aws_cloudwatch_log_group.alert, aws_default_security_group.this, aws_route_table.internet)) == 0
    error_message = "With create_network = false, the root makes no part of a network."
  }

  assert {
    condition     = length(merge(aws_subnet.this, aws_eip.nat, aws_nat_gateway.this, aws_route_table.this, aws_networkfirewall_rule_group.written, aws_route.private_to_nat, aws_route.internet_to_firewall)) == 0
    error_message = "With create_network = false, the root makes no part of a network."
  }

  assert {
    condition     = aws_cloudwatch_log_subscription_filter.alerts.log_group_name == "/made-up/alerts" && aws_lambda_permission.alerts.source_arn == "arn:aws-cn:logs:cn-north-1:111122223333:log-group:/made-up/alerts:*"
    error_message = "The function reads the named log group, and no other log group may invoke it."
  }
}

run "only_the_log_group_with_the_alerts_may_invoke_the_function" {
  assert {
    condition     = aws_lambda_permission.alerts.principal == "logs.amazonaws.com" && aws_lambda_permission.alerts.source_account == "111122223333" && aws_lambda_permission.alerts.source_arn == "arn:aws-cn:logs:cn-north-1:111122223333:log-group:/aws/network-firewall/egress/alert:*"
    error_message = "A permission without a source would let the logs of every account invoke the function."
  }

  assert {
    condition     = alltrue([for document in [data.aws_iam_policy_document.sni_collector, data.aws_iam_policy_document.flush] : alltrue([for statement in document.statement : length(statement.sid) > 0 && !contains(statement.resources, "*")])])
    error_message = "Each statement has a sid and names its resource."
  }

  assert {
    condition     = { for statement in data.aws_iam_policy_document.flush.statement : statement.sid => statement.resources } == { Invoke = toset([module.sni_collector.function_arn]), KeepFailedEvents = toset([aws_sqs_queue.flush_failures.arn]), UseKey = toset([module.sni_collector.kms_key_arn]) }
    error_message = "The schedule may only invoke this function, and keep failed events."
  }
}

run "an_event_that_the_schedule_cannot_deliver_is_kept_in_a_queue" {
  assert {
    condition     = aws_scheduler_schedule.flush.schedule_expression == "rate(1 minute)" && aws_scheduler_schedule.flush.target[0].role_arn == aws_iam_role.flush.arn && aws_scheduler_schedule.flush.target[0].dead_letter_config[0].arn == aws_sqs_queue.flush_failures.arn
    error_message = "The schedule runs every minute, with its own role and its own queue."
  }

  assert {
    condition     = one(aws_scheduler_schedule.flush.target[0].retry_policy) == { maximum_event_age_in_seconds = 60, maximum_retry_attempts = 2 }
    error_message = "An event that fails goes to the queue within a minute: by then the schedule sends the next one."
  }

  assert {
    condition     = aws_sqs_queue.flush_failures.message_retention_seconds == 1209600 && aws_sqs_queue.flush_failures.kms_master_key_id == module.sni_collector.kms_key_arn
    error_message = "The queue is encrypted and keeps an event for 14 days."
  }
}

run "the_table_of_hostnames_is_encrypted_and_can_be_restored" {
  assert {
    condition     = aws_dynamodb_table.hostnames.billing_mode == "PAY_PER_REQUEST" && aws_dynamodb_table.hostnames.ttl[0] == { attribute_name = "expiresAt", enabled = true } && aws_dynamodb_table.hostnames.point_in_time_recovery[0].enabled && aws_dynamodb_table.hostnames.server_side_encryption[0].kms_key_arn == module.sni_collector.kms_key_arn
    error_message = "The table is billed on demand, deletes old hostnames, can be restored, and is encrypted."
  }

  assert {
    condition     = aws_dynamodb_table.hostnames.hash_key == "pk" && aws_dynamodb_table.hostnames.range_key == "sk"
    error_message = "The keys have the names that the function writes."
  }
}

run "each_subscriber_gets_only_the_e_mails_asked_for" {
  assert {
    condition     = { for address, subscription in aws_sns_topic_subscription.digests : address => coalesce(subscription.filter_policy, "all") } == { "all@example.com" = "all", "blocked@example.com" = "{\"blocked\":[\"true\"]}" }
    error_message = "A subscriber gets all digests, only digests with a blocked hostname, or none."
  }

  assert {
    condition     = toset(keys(aws_sns_topic_subscription.alarms)) == toset(["blocked@example.com", "alarms@example.com"])
    error_message = "A subscriber gets alarms only on request."
  }

  assert {
    condition     = alltrue([for subscription in concat(values(aws_sns_topic_subscription.digests), values(aws_sns_topic_subscription.alarms)) : subscription.protocol == "email"]) && alltrue([for topic in [aws_sns_topic.digests, aws_sns_topic.alarms] : topic.kms_master_key_id == module.sni_collector.kms_key_arn])
    error_message = "Subscriptions are by e-mail. Topics are encrypted with the key that CloudWatch may use."
  }
}

run "each_fault_of_what_wakes_the_function_has_an_alarm" {
  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => "${alarm.namespace} ${alarm.metric_name} ${alarm.statistic} > ${alarm.threshold}" } == {
      alerts-not-delivered = "AWS/Logs DeliveryErrors Sum > 0"
      flush-failures       = "AWS/SQS ApproximateNumberOfMessagesVisible Maximum > 0"
    }
    error_message = "The alarms are for alerts that were not delivered, and for a schedule that failed."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset([aws_sns_topic.alarms.arn]) && alarm.ok_actions == toset([aws_sns_topic.alarms.arn]) && strcontains(alarm.alarm_description, "Impact: ") && alarm.treat_missing_data == "notBreaching" && alarm.comparison_operator == "GreaterThanThreshold"])
    error_message = "Each alarm goes to the topic, when it begins and when it ends, and says what it means for people."
  }
}

run "the_dashboard_shows_the_metrics_of_the_function" {
  assert {
    condition     = jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[*].properties.title == ["Records", "New hostnames", "Hostnames: blocked and allowed", "Digests", "Failures", "Age of the oldest failure (s)"]
    error_message = "The dashboard has the figures that an operator asks for first."
  }

  assert {
    condition     = alltrue([for metric in ["Records", "NewNames", "BlockedNames", "Names", "Digests"] : strcontains(aws_cloudwatch_dashboard.this.dashboard_body, "[\"Palisade\",\"${metric}\",\"service\",\"sni-collector\"")])
    error_message = "The metrics have the names that the function writes."
  }
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
