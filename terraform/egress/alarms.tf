module "alarms" {
  source = "../modules/topic"

  name                = "${var.name}-alarms"
  kms_key_arn         = module.key.arn
  publishing_services = ["cloudwatch"]
  subscribers         = var.subscribers
}
