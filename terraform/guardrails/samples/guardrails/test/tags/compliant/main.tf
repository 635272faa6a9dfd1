resource "aws_sqs_queue" "this" {
  name = "orders"
  tags = { Owner = "billing@example.com" }
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
  tags       = { Owner = "billing@example.com", Name = "billing-1" }
}

resource "aws_instance" "this" {
  for_each = toset(["a.b", "c"])

  ami           = "ami-12345678"
  instance_type = "t3.micro"
  tags          = { Owner = "billing@example.com", Name = "web-${length(each.key)}" }
}
