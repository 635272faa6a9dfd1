def compliance(event):
    return {"compliance": "COMPLIANT"}
