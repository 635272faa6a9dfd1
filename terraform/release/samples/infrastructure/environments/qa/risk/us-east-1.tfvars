cidr_block = "10.3.0.0/20"
