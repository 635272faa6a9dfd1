locals {
  topics = { digests = "${var.name}-digests", alarms = "${var.name}-alarms" }

  # The function sends each digest once for people, and in parts for machines.
  audiences = { email = "people", sms = "people" }
  wanted    = { all = {}, blocked = { blocked = ["true"] } }
}

module "digests" {
  source = "../modules/topic"

  name            = local.topics.digests
  kms_key_arn     = module.key.arn
  alarm_topic_arn = module.alarms.arn

  subscribers = { for endpoint, subscriber in var.subscribers : endpoint => {
    protocol = subscriber.protocol
    role_arn = subscriber.role_arn
    filter   = merge({ audience = [lookup(local.audiences, subscriber.protocol, "machines")] }, local.wanted[subscriber.digests])
  } if subscriber.digests != "none" }
}

module "alarms" {
  source = "../modules/topic"

  name                = local.topics.alarms
  kms_key_arn         = module.key.arn
  publishing_services = ["cloudwatch"]

  subscribers = { for endpoint, subscriber in var.subscribers : endpoint => {
    protocol = subscriber.protocol
    role_arn = subscriber.role_arn
  } if subscriber.alarms }
}

check "alarms_have_a_subscriber" {
  assert {
    condition     = anytrue(values(var.subscribers)[*].alarms)
    error_message = "Nobody gets the alarms: write subscribers with alarms, such as { \"oncall@example.com\" = { alarms = true } }."
  }
}
