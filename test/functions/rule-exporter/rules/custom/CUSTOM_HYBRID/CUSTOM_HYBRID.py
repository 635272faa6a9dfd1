from rdklib import ComplianceType, Evaluation, Evaluator, ConfigRule


class CustomHybrid(ConfigRule):
    def evaluate_change(self, event, client_factory, configuration_item, valid_rule_parameters):
        return [Evaluation(ComplianceType.COMPLIANT)]


def lambda_handler(event, context):
    return Evaluator(CustomHybrid()).handle(event, context)
