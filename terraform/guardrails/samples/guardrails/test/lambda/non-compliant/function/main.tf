variable "runtime" {
  type = string
}

resource "aws_lambda_function" "this" {
  function_name = "old"
  role          = "arn:aws:iam::111122223333:role/f"
  handler       = "index.handler"
  runtime       = var.runtime
  s3_bucket     = "code"
  s3_key        = "f.zip"
}
