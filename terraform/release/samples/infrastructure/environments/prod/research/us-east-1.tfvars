cidr_block = "10.6.0.0/20"
