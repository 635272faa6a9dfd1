resource "aws_ebs_volume" "this" {
  for_each = toset(["a.b", "c"])

  availability_zone = "us-east-1a"
  size              = 1
  encrypted         = true
}

resource "aws_db_instance" "this" {
  instance_class              = "db.t3.micro"
  engine                      = "postgres"
  allocated_storage           = 20
  username                    = "app"
  manage_master_user_password = true
  skip_final_snapshot         = true
  storage_encrypted           = true
}

resource "aws_rds_cluster" "this" {
  engine                      = "aurora-postgresql"
  master_username             = "app"
  manage_master_user_password = true
  skip_final_snapshot         = true
  storage_encrypted           = true
}

resource "aws_efs_file_system" "this" {
  encrypted = true
}

resource "aws_instance" "this" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"

  root_block_device {
    encrypted = true
  }

  ebs_block_device {
    device_name = "/dev/sdf"
    encrypted   = true
  }
}
