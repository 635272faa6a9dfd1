resource "aws_ebs_volume" "this" {
  for_each = { "a.b" = false, "unset" = null, "good" = true }

  availability_zone = "us-east-1a"
  size              = 1
  encrypted         = each.value
}

resource "aws_ebs_volume" "counted" {
  count = 2

  availability_zone = "us-east-1a"
  size              = 1
}

resource "terraform_data" "switch" {}

resource "aws_ebs_volume" "late" {
  availability_zone = "us-east-1a"
  size              = 1
  encrypted         = terraform_data.switch.id != ""
}

module "database" {
  source   = "./database"
  for_each = toset(["x.y"])
}

resource "aws_rds_cluster" "this" {
  engine                      = "aurora-postgresql"
  master_username             = "app"
  manage_master_user_password = true
  skip_final_snapshot         = true
  storage_encrypted           = false
}

resource "aws_efs_file_system" "this" {}

resource "aws_instance" "this" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"

  root_block_device {
    encrypted = false
  }

  ebs_block_device {
    device_name = "/dev/sdf"
    encrypted   = true
  }

  ebs_block_device {
    device_name = "/dev/sdg"
  }
}
