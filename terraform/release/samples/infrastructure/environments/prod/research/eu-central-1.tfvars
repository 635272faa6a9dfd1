cidr_block = "10.8.0.0/20"
