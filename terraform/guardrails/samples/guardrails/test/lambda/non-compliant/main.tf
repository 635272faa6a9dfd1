resource "aws_lambda_function" "this" {
  for_each = toset(["nodejs18.x", "python3.6", "python3.9", "python3.10", "java8", "nodejs22.x"])

  function_name = "f"
  role          = "arn:aws:iam::111122223333:role/f"
  handler       = "index.handler"
  runtime       = each.key
  s3_bucket     = "code"
  s3_key        = "f.zip"
}

module "old" {
  source  = "./function"
  runtime = "python3.8"
}
