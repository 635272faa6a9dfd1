# The modules have the alarms of the function and of the topics; these are for what wakes the function, and for what it reads.

locals {
  alarms = merge(
    {
      no-invocations = {
        what       = "Nothing has invoked the function for 15 minutes, though the rule ${var.name}-flush does so every minute: check the rule, and the concurrency of the account."
        namespace  = "AWS/Lambda"
        metric     = "Invocations"
        dimensions = { FunctionName = module.sni_collector.function_name }
        comparison = "LessThanThreshold"
        threshold  = 1
        period     = 900
        missing    = "breaching"
      }
      rejected-names = {
        what       = "Alerts held names that are neither hostnames nor IP addresses. A workload may hide behind malformed names: the digest counts them and lists their sources."
        namespace  = "Palisade"
        metric     = "RejectedNames"
        dimensions = { service = module.sni_collector.function_name }
        ok_actions = []
      }
      unreadable-records = {
        what       = "Records of the alert logs could not be read: the lines \"records are not readable\" in the log group ${module.sni_collector.log_group_name} name them."
        namespace  = "Palisade"
        metric     = "UnreadableRecords"
        dimensions = { service = module.sni_collector.function_name }
        ok_actions = []
      }
    },
    { for name, filter in aws_cloudwatch_log_subscription_filter.alerts : "alerts-not-delivered-${name}" => {
      what       = "CloudWatch Logs could not deliver alerts of the log group ${name}. It tries again only where the fault may pass: check the permission of the function."
      namespace  = "AWS/Logs"
      metric     = "DeliveryErrors"
      dimensions = { LogGroupName = name, DestinationType = "Lambda", FilterName = filter.name }
      ok_actions = []
    } },
    { for name, filter in aws_cloudwatch_log_subscription_filter.alerts : "alerts-throttled-${name}" => {
      what       = "Lambda throttled alerts of the log group ${name}. CloudWatch Logs tries again for 24 hours: check the concurrency of the account."
      namespace  = "AWS/Logs"
      metric     = "DeliveryThrottling"
      dimensions = { LogGroupName = name, DestinationType = "Lambda", FilterName = filter.name }
    } },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for name, alarm in local.alarms : name => merge(
    { comparison = "GreaterThanThreshold", threshold = 0, period = 300, missing = "notBreaching", ok_actions = [module.alarms.arn] },
    alarm,
  ) }

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.what} Impact: people do not learn of hostnames that workloads reach for."
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = "Sum"
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  period              = each.value.period
  evaluation_periods  = 1
  treat_missing_data  = each.value.missing
  alarm_actions       = [module.alarms.arn]
  ok_actions          = each.value.ok_actions
}
