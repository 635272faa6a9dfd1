locals {
  # A dashboard names a metric as [namespace, metric, dimension, value, options].
  function_metric = { for metric in ["Records", "Names", "NewNames", "BlockedNames", "Digests"] : metric => ["Palisade", metric, "service", module.sni_collector.function_name] }
  errors          = ["AWS/Lambda", "Errors", "FunctionName", module.sni_collector.function_name]
  queues          = [module.sni_collector.failure_queue_name, module.sni_collector.undelivered_queue_name]

  charts = [
    { title = "Records", stat = "Sum", metrics = [local.function_metric.Records] },
    { title = "New hostnames", stat = "Sum", metrics = [local.function_metric.NewNames] },
    {
      title = "Hostnames: blocked and allowed"
      stat  = "Sum"
      metrics = [
        concat(local.function_metric.BlockedNames, [{ id = "blocked", label = "blocked" }]),
        concat(local.function_metric.Names, [{ id = "all", visible = false }]),
        [{ expression = "all - blocked", label = "allowed" }],
      ]
    },
    { title = "Digests", stat = "Sum", metrics = [local.function_metric.Digests] },
    { title = "Failures", stat = "Sum", metrics = concat([local.errors], [for queue in local.queues : ["AWS/SQS", "NumberOfMessagesSent", "QueueName", queue]]) },
    { title = "Failed events that wait", stat = "Maximum", metrics = [for queue in local.queues : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue]] },
  ]

  alarm_arns = concat(
    [for alarm in aws_cloudwatch_metric_alarm.this : alarm.arn],
    module.sni_collector.alarm_arns,
    [module.digests.alarm_arn, module.alarms.alarm_arn],
  )
}

resource "aws_cloudwatch_dashboard" "this" {
  # The name has the region: dashboards are global in an account.
  dashboard_name = "${var.name}-${var.region}"
  dashboard_body = jsonencode({
    widgets = concat(
      [{
        type       = "alarm"
        x          = 0
        y          = 0
        width      = 24
        height     = 4
        properties = { title = "Alarms", alarms = local.alarm_arns, sortBy = "stateUpdatedTimestamp" }
      }],
      [for index, chart in local.charts : {
        type   = "metric"
        x      = 8 * (index % 3)
        y      = 4 + 6 * floor(index / 3)
        width  = 8
        height = 6
        properties = {
          title   = chart.title
          region  = var.region
          period  = 300
          stat    = chart.stat
          metrics = chart.metrics
        }
      }],
    )
  })
}
