cidr_block = "10.4.0.0/20"
