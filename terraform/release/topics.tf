locals {
  topics = { releases = "${var.name}-releases", alarms = "${var.name}-release-alarms" }
}

# Both functions set the attributes kind, environment and team of a message, where they are known.
module "releases" {
  source = "../modules/topic"

  name            = local.topics.releases
  kms_key_arn     = module.key.arn
  alarm_topic_arn = module.alarms.arn

  subscribers = { for endpoint, subscriber in var.subscribers : endpoint => {
    protocol = subscriber.protocol
    role_arn = subscriber.role_arn
    filter   = try(local.filters[endpoint], null)
  } if subscriber.releases }
}

locals {
  wanted = { for endpoint, subscriber in var.subscribers : endpoint => {
    for attribute, values in { environment = subscriber.environments, team = subscriber.teams, kind = subscriber.kinds } : attribute => values if values != null
  } }
  filters = { for endpoint, wanted in local.wanted : endpoint => wanted if length(wanted) > 0 }
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

check "releases_have_a_subscriber" {
  assert {
    condition     = anytrue(values(var.subscribers)[*].releases)
    error_message = "Nobody hears of releases: write subscribers, such as { \"team@example.com\" = {} }."
  }
}
