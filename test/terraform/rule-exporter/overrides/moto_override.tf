# Leaves out what moto 5 lacks. rules.tftest.hcl and organization.tftest.hcl cover it with a provider that is made up.

resource "aws_config_config_rule" "rule" {
  # moto knows no owner CUSTOM_POLICY, and answers 500 to it.
  for_each = { for name, rule in local.account_rules : name => rule if rule.kind != "guard" }

  # moto forgets evaluation modes, so that each plan would set them again.
  dynamic "evaluation_mode" {
    for_each = []

    content {
      mode = evaluation_mode.value
    }
  }
}

# moto has no PutRemediationConfigurations; the document and the role are made.
resource "aws_config_remediation_configuration" "rule" {
  for_each = {}
}
