def lambda_handler(event, context):
    return {"compliance": "COMPLIANT", "rule": event["configRuleName"]}
