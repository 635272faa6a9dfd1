locals {
  topics = { guardrails = "${var.name}-guardrails", alarms = "${var.name}-guardrail-alarms" }

  # The form of an address in modules/topic.
  owners = { for name, workload in var.workloads : workload.owner => name... if can(regex("^[^@\\s\"<>]+@([A-Za-z0-9-]+\\.)+[A-Za-z]{2,}$", workload.owner)) }

  subscribed = { for endpoint, subscriber in var.subscribers : endpoint => merge(
    {
      audience = subscriber.workloads == null ? ["team"] : ["owner"]
    },
    { for attribute, values in { workload = subscriber.workloads, kind = subscriber.kinds } : attribute => values if values != null },
  ) if subscriber.messages }
}

# guardrail-merger sets the attributes kind, outcome, audience, and in messages to owners workload.
module "guardrails" {
  source = "../modules/topic"

  name            = local.topics.guardrails
  kms_key_arn     = module.key.arn
  alarm_topic_arn = module.alarms.arn

  # Who is a subscriber gets what is written there, and nothing as an owner: SNS has one subscription for an address.
  subscribers = merge(
    { for owner, workloads in local.owners : owner => {
      protocol = "email"
      role_arn = null
      filter   = { audience = ["owner"], workload = workloads }
    } },
    { for endpoint, filter in local.subscribed : endpoint => {
      protocol = var.subscribers[endpoint].protocol
      role_arn = var.subscribers[endpoint].role_arn
      filter   = filter
    } },
  )
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

check "the_team_has_a_subscriber" {
  assert {
    condition     = anytrue([for subscriber in values(var.subscribers) : subscriber.messages && subscriber.workloads == null])
    error_message = "Nobody hears of checks as a whole: write subscribers, such as { \"security@example.com\" = {} }."
  }
}

check "each_owner_has_a_subscriber" {
  assert {
    condition = length(setsubtract(keys(var.workloads), concat(
      flatten([for subscriber in values(var.subscribers) : coalesce(subscriber.workloads, []) if subscriber.messages]),
      flatten([for owner, workloads in local.owners : workloads]),
    ))) == 0
    error_message = "Nobody gets the messages to the owner of a workload: write an e-mail address as its owner, or a subscriber with its name in workloads."
  }
}
