# Violations going down: the metrics of guardrail-merger, which counts them with each check.

locals {
  service = module.guardrail_merger.function_name
  queues  = [module.guardrail_merger.failure_queue_name, module.guardrail_merger.undelivered_queue_name, aws_sqs_queue.start.name]

  # A dashboard names a metric as [namespace, metric, dimension, value, options]. A search finds guardrails that come later.
  searches = { for dimension in ["guardrail", "workload"] : dimension => [[{
    expression = "SEARCH('{Palisade,service,${dimension}} MetricName=\"Violations\" service=\"${local.service}\"', 'Maximum', 86400)"
    id         = dimension
  }]] }

  charts = [
    { title = "Violations", stat = "Maximum", period = 86400, width = 24, metrics = [["Palisade", "Violations", "service", local.service]] },
    { title = "Violations by guardrail", stat = "Maximum", period = 86400, width = 12, metrics = local.searches.guardrail },
    { title = "Violations by workload", stat = "Maximum", period = 86400, width = 12, metrics = local.searches.workload },
    { title = "Checks: what became of them", stat = "Sum", period = 3600, width = 12, metrics = [for metric in ["Merged", "AlreadyActive", "Forced", "NotCompliant", "CouldNotCheck", "Diverged", "Conflicts", "Refused", "Bypassed"] : ["Palisade", metric, "service", local.service]] },
    { title = "Duration of builds", stat = "Average", period = 3600, width = 12, metrics = [for project in values(local.projects) : ["AWS/CodeBuild", "Duration", "ProjectName", project]] },
    { title = "Failed events that wait", stat = "Maximum", period = 300, width = 12, metrics = [for queue in local.queues : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue]] },
  ]

  alarm_arns = concat(
    [for alarm in aws_cloudwatch_metric_alarm.this : alarm.arn],
    module.guardrail_merger.alarm_arns,
    [module.guardrails.alarm_arn, module.alarms.alarm_arn],
  )
}

resource "aws_cloudwatch_dashboard" "this" {
  # The name has the region: dashboards are global in an account.
  dashboard_name = "${var.name}-guardrails-${var.region}"
  dashboard_body = jsonencode({
    # CloudWatch puts a widget without a place behind the one before.
    widgets = concat(
      [for chart in local.charts : {
        type   = "metric"
        width  = chart.width
        height = 6
        properties = {
          title   = chart.title
          region  = var.region
          period  = chart.period
          stat    = chart.stat
          metrics = chart.metrics
        }
      }],
      [{
        type       = "alarm"
        width      = 24
        height     = 4
        properties = { title = "Alarms", alarms = local.alarm_arns, sortBy = "stateUpdatedTimestamp" }
      }],
    )
  })
}
