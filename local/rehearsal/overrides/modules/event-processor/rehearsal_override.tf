# The provider waits 25 seconds until it has seen the same settings of a queue six times, and as long for its policy. A rehearsal
# invokes functions itself and fails where one fails, so nothing reaches these queues: they need neither a policy nor our key,
# whose making they would wait for.

resource "aws_sqs_queue" "failures" {
  kms_master_key_id       = null
  sqs_managed_sse_enabled = true
}

resource "aws_sqs_queue" "undelivered" {
  kms_master_key_id       = null
  sqs_managed_sse_enabled = true
}

resource "aws_sqs_queue_policy" "undelivered" {
  count = 0
}
