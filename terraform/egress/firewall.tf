locals {
  alert_log_group_name = "/aws/network-firewall/${var.name}/alert"
  firewall_endpoints   = { for state in aws_networkfirewall_firewall.this.firewall_status[0].sync_states : state.availability_zone => state.attachment[0].endpoint_id }
}

resource "aws_networkfirewall_firewall" "this" {
  name                              = var.name
  firewall_policy_arn               = aws_networkfirewall_firewall_policy.this.arn
  vpc_id                            = aws_vpc.this.id
  delete_protection                 = var.deletion_protection
  subnet_change_protection          = var.deletion_protection
  firewall_policy_change_protection = var.deletion_protection
  enabled_analysis_types            = var.enabled_analysis_types

  encryption_configuration {
    key_id = module.key.arn
    type   = "CUSTOMER_KMS"
  }

  dynamic "subnet_mapping" {
    for_each = local.zones

    content {
      subnet_id = aws_subnet.this["firewall-${subnet_mapping.key}"].id
    }
  }
}

resource "aws_cloudwatch_log_group" "alert" {
  name              = local.alert_log_group_name
  retention_in_days = var.log_retention_days
  kms_key_id        = module.key.arn
}

resource "aws_networkfirewall_logging_configuration" "this" {
  firewall_arn = aws_networkfirewall_firewall.this.arn

  logging_configuration {
    log_destination_config {
      log_type             = "ALERT"
      log_destination_type = "CloudWatchLogs"
      log_destination      = { logGroup = aws_cloudwatch_log_group.alert.name }
    }
  }
}
