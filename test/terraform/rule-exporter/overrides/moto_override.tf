# Leaves out what moto 5 lacks. rules.tftest.hcl and organization.tftest.hcl cover it.

resource "aws_config_config_rule" "rule" {
  # moto answers 500 to the owner CUSTOM_POLICY.
  for_each = { for name, rule in local.account_rules : name => rule if rule.kind != "guard" }

  # moto forgets evaluation modes, so that each plan would set them again.
  dynamic "evaluation_mode" {
    for_each = []

    content {
      mode = evaluation_mode.value
    }
  }
}

# moto has no PutRemediationConfigurations. The document and the role of a remediation are made.
resource "aws_config_remediation_configuration" "rule" {
  for_each = {}
}
