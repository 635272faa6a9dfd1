# What an account has before rules are applied to it.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "layer_zip" {
  description = "Any zip."
  type        = string
}

resource "aws_s3_bucket" "code" {
  bucket = "made-up-code-of-rules"
}

# moto lacks the layers that the rdk publishes.
resource "aws_lambda_layer_version" "rdklib" {
  layer_name = "rdklib-layer"
  filename   = var.layer_zip
}

resource "aws_vpc" "rules" {
  cidr_block = "10.0.0.0/24"
}

resource "aws_subnet" "rules" {
  vpc_id     = aws_vpc.rules.id
  cidr_block = "10.0.0.0/25"
}

resource "aws_security_group" "rules" {
  name   = "rules"
  vpc_id = aws_vpc.rules.id
}

resource "aws_iam_role" "rules" {
  name = "role-of-all-rules"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

output "layer" {
  value = aws_lambda_layer_version.rdklib.arn
}

output "subnet" {
  value = aws_subnet.rules.id
}

output "security_group" {
  value = aws_security_group.rules.id
}
