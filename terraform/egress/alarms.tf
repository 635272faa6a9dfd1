module "alarms" {
  source = "../modules/topic"

  name                = "${var.name}-alarms"
  kms_key_arn         = module.key.arn
  publishing_services = ["cloudwatch"]
  subscribers         = var.subscribers
}

check "alarms_have_a_subscriber" {
  assert {
    condition     = length(var.subscribers) > 0
    error_message = "Nobody gets the alarms: write subscribers, such as { \"oncall@example.com\" = {} }."
  }
}

# https://docs.aws.amazon.com/network-firewall/latest/developerguide/monitoring-cloudwatch.html
resource "aws_cloudwatch_metric_alarm" "firewall" {
  for_each = merge([for letter, zone in local.zones : {
    "broken-connections-${letter}" = {
      what   = "The firewall endpoint in ${zone} gets packets of connections whose beginning it did not see. The routes may send only one direction through it."
      metric = "StreamExceptionPolicyPackets"
      engine = "Stateful"
      zone   = zone
    }
    "invalid-packets-${letter}" = {
      what   = "The firewall endpoint in ${zone} drops packets that are not valid, such as packets with a wrong checksum."
      metric = "InvalidDroppedPackets"
      engine = "Stateless"
      zone   = zone
    }
  }]...)

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = "${each.value.what} Impact: connections of workloads to the internet hang or break; in the mode observe, they may also pass without an alert."
  namespace         = "AWS/NetworkFirewall"
  metric_name       = each.value.metric
  dimensions        = { FirewallName = aws_networkfirewall_firewall.this.name, AvailabilityZone = each.value.zone, Engine = each.value.engine }
  statistic         = "Sum"
  # AWS's guide to network observability names 20 packets a minute. A few are normal: a client that comes back to a connection after
  # the firewall forgot it. A quarter of an hour of them is a fault.
  comparison_operator = "GreaterThanThreshold"
  threshold           = 100
  period              = 300
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [module.alarms.arn]
  ok_actions          = [module.alarms.arn]
}
