cidr_block = "10.9.0.0/20"
