ASSUME_ROLE_MODE = True


def lambda_handler(event, context):
    return {"compliance": "COMPLIANT", "rule": event["configRuleName"]}
