cidr_block          = "10.1.0.0/20"
allowed_cidr_blocks = ["0.0.0.0/0"]
