auditor_account_id = "012345678901"
