resource "aws_sqs_queue" "none" {
  name = "orders"
}

resource "aws_sqs_queue" "blank" {
  name = "bills"
  tags = { Owner = " " }
}

resource "aws_sqs_queue" "late" {
  name = "late"
  tags = { Owner = aws_sqs_queue.none.arn }
}

module "queues" {
  source   = "./queues"
  for_each = toset(["a.b"])
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
  tags       = { Owner = "billing@example.com", Name = "Billing" }
}

resource "aws_instance" "this" {
  for_each = toset(["a.b", "c"])

  ami           = "ami-12345678"
  instance_type = "t3.micro"
  tags          = each.key == "c" ? { Owner = "billing@example.com", Name = "web" } : { Owner = "billing@example.com" }
}
