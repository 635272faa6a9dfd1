# A subscription by e-mail begins when the subscriber confirms it.

resource "aws_sns_topic" "digests" {
  name              = "${var.name}-digests"
  kms_master_key_id = module.sni_collector.kms_key_arn
}

resource "aws_sns_topic_subscription" "digests" {
  for_each = { for address, subscriber in var.subscribers : address => subscriber if subscriber.digests != "none" }

  topic_arn     = aws_sns_topic.digests.arn
  protocol      = "email"
  endpoint      = each.key
  filter_policy = each.value.digests == "blocked" ? jsonencode({ blocked = ["true"] }) : null
}

resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  kms_master_key_id = module.sni_collector.kms_key_arn
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each = { for address, subscriber in var.subscribers : address => subscriber if subscriber.alarms }

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.key
}
