module "key" {
  source = "../modules/key"

  name       = var.name
  log_groups = [local.alert_log_group_name]
  topics     = { cloudwatch = ["${var.name}-alarms"] }
}
