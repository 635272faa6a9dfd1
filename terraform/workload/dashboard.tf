locals {
  # A dashboard names a metric as [namespace, metric, dimension, value, options].
  charts = [
    { title = "Executions", stat = "Sum", metrics = [for metric in ["SucceededPipelineExecutions", "FailedPipelineExecutions"] : ["AWS/CodePipeline", metric, "PipelineName", local.full_name]] },
    { title = "Failed actions", stat = "Sum", metrics = [for name, build in module.build : ["AWS/CodeBuild", "FailedBuilds", "ProjectName", build.project_name, { label = name }]] },
    { title = "Duration of builds", stat = "Average", metrics = [for name, build in module.build : ["AWS/CodeBuild", "Duration", "ProjectName", build.project_name, { label = name }]] },
    { title = "Events that wait", stat = "Maximum", metrics = [["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.undelivered.name]] },
  ]

  alarm_arns = concat(values(aws_cloudwatch_metric_alarm.this)[*].arn, [module.releases.alarm_arn, module.alarms.alarm_arn])
}

resource "aws_cloudwatch_dashboard" "this" {
  # The name has the region: dashboards are global in an account.
  dashboard_name = "${local.full_name}-${var.region}"
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
        x      = 6 * index
        y      = 4
        width  = 6
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
