resource "aws_lambda_function" "this" {
  for_each = toset(["nodejs22.x", "python3.13", "provided.al2023"])

  function_name = "f"
  role          = "arn:aws:iam::111122223333:role/f"
  handler       = "index.handler"
  runtime       = each.key
  s3_bucket     = "code"
  s3_key        = "f.zip"
}

resource "aws_lambda_function" "image" {
  function_name = "image"
  role          = "arn:aws:iam::111122223333:role/f"
  package_type  = "Image"
  image_uri     = "111122223333.dkr.ecr.us-east-1.amazonaws.com/f:1"
}
