resource "aws_cloudwatch_log_group" "this" {
  name              = "app"
  retention_in_days = 7
}
