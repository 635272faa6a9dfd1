locals {
  # A dashboard names a metric as [namespace, metric, dimension, value, options].
  functions_by_name = { starter = module.pipeline_starter.function_name, recorder = module.release_recorder.function_name }
  queues            = [module.pipeline_starter.failure_queue_name, module.pipeline_starter.undelivered_queue_name, module.release_recorder.failure_queue_name, module.release_recorder.undelivered_queue_name]

  # The time that half of the releases do not exceed, and the time that nine of ten do not exceed.
  times = { for metric in ["TagToPlan", "TagToApplied", "ApprovalToApplied"] :
    metric => [for options in [{ stat = "p50" }, { stat = "p90" }] : ["Palisade", metric, "service", local.functions_by_name.recorder, options]]
  }

  charts = [
    { title = "Releases: started and refused", stat = "Sum", metrics = [for metric in ["Started", "AlreadyStarted", "Refused"] : ["Palisade", metric, "service", local.functions_by_name.starter]] },
    { title = "Releases: what became of them", stat = "Sum", metrics = [for metric in ["Released", "Failed", "Refused", "Rejected", "Expired", "Stopped"] : ["Palisade", metric, "service", local.functions_by_name.recorder]] },
    { title = "Releases that did not get through, by environment", stat = "Sum", metrics = [for name, environment in var.environments : ["AWS/CodePipeline", "FailedPipelineExecutions", "PipelineName", environment.pipeline, { label = name }]] },
    { title = "Time from tag to plan", stat = "p50", metrics = local.times.TagToPlan },
    { title = "Time from tag to applied", stat = "p50", metrics = local.times.TagToApplied },
    { title = "Time from approval to applied", stat = "p50", metrics = local.times.ApprovalToApplied },
    { title = "Duration of builds", stat = "Average", metrics = [for build in keys(local.builds) : ["AWS/CodeBuild", "Duration", "ProjectName", "${var.name}-${build}"]] },
    { title = "Failed events that wait", stat = "Maximum", metrics = [for queue in local.queues : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue]] },
  ]

  alarm_arns = concat(
    [for alarm in aws_cloudwatch_metric_alarm.this : alarm.arn],
    module.pipeline_starter.alarm_arns,
    module.release_recorder.alarm_arns,
    [module.releases.alarm_arn, module.alarms.alarm_arn],
  )
}

resource "aws_cloudwatch_dashboard" "this" {
  # The name has the region: dashboards are global in an account.
  dashboard_name = "${var.name}-releases-${var.region}"
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
