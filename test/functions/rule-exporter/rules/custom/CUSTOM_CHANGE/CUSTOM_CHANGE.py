from helper import compliance


def lambda_handler(event, context):
    return compliance(event)
