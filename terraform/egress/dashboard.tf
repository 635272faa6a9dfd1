locals {
  # A dashboard names a metric as [namespace, metric, dimension, value, options].
  function_metric = { for metric in ["Records", "Names", "NewNames", "BlockedNames", "Digests"] : metric => ["Palisade", metric, "service", "sni-collector"] }
  failed_events   = ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", module.sni_collector.failure_queue_name]
  failed_age      = ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", module.sni_collector.failure_queue_name]
  errors          = ["AWS/Lambda", "Errors", "FunctionName", module.sni_collector.function_name]

  widgets = [
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
    { title = "Failures", stat = "Sum", metrics = [local.errors, concat(local.failed_events, [{ stat = "Maximum" }])] },
    { title = "Age of the oldest failure (s)", stat = "Maximum", metrics = [local.failed_age] },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  # The name has the region: dashboards are global in an account.
  dashboard_name = "${var.name}-${var.region}"
  dashboard_body = jsonencode({
    widgets = [for index, widget in local.widgets : {
      type   = "metric"
      x      = 8 * (index % 3)
      y      = 6 * floor(index / 3)
      width  = 8
      height = 6
      properties = {
        title   = widget.title
        region  = var.region
        period  = 300
        stat    = widget.stat
        metrics = widget.metrics
      }
    }]
  })
}
