# moto 5 forgets the logging configuration, so that each plan would set it again. event-processor.tftest.hcl covers it.

resource "aws_lambda_function" "this" {
  lifecycle {
    ignore_changes = [logging_config]
  }
}
