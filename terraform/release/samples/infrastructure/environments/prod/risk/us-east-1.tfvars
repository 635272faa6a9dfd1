cidr_block = "10.7.0.0/20"
