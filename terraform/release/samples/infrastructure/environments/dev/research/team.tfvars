auditor_arn = "arn:aws:iam::012345678901:role/auditors"
