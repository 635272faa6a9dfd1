# The answers of the mocked provider in every *.tftest.hcl. The partition is aws-cn, so that a literal partition fails a test.
# A resource is listed if the provider checks the form of its ARN elsewhere, or a test reads the value.

mock_data "aws_availability_zones" {
  defaults = { names = ["cn-north-1a", "cn-north-1b", "cn-north-1c", "cn-north-1d", "cn-north-1e", "cn-north-1f"] }
}

mock_data "aws_caller_identity" {
  defaults = { account_id = "111122223333" }
}

mock_data "aws_partition" {
  defaults = { partition = "aws-cn", dns_suffix = "amazonaws.com.cn" }
}

mock_data "aws_region" {
  defaults = { id = "cn-north-1" }
}

mock_data "aws_iam_policy_document" {
  defaults = { json = "{}" }
}

mock_data "aws_service_principal" {
  defaults = { name = "made-up.amazonaws.com.cn", id = "made-up.cn-north-1.amazonaws.com.cn" }
}

mock_resource "aws_cloudwatch_event_rule" {
  defaults = { arn = "arn:aws-cn:events:cn-north-1:111122223333:rule/made-up" }
}

mock_resource "aws_dynamodb_table" {
  defaults = { arn = "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/made-up" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws-cn:iam::111122223333:role/made-up" }
}

mock_resource "aws_kms_key" {
  defaults = { arn = "arn:aws-cn:kms:cn-north-1:111122223333:key/made-up" }
}

mock_resource "aws_lambda_function" {
  defaults = { arn = "arn:aws-cn:lambda:cn-north-1:111122223333:function:made-up" }
}

mock_resource "aws_networkfirewall_firewall" {
  defaults = {
    arn = "arn:aws-cn:network-firewall:cn-north-1:111122223333:firewall/made-up"
    firewall_status = [{
      sync_states = [
        { availability_zone = "cn-north-1a", attachment = [{ endpoint_id = "vpce-0000000000000000a" }] },
        { availability_zone = "cn-north-1b", attachment = [{ endpoint_id = "vpce-0000000000000000b" }] },
        { availability_zone = "cn-north-1c", attachment = [{ endpoint_id = "vpce-0000000000000000c" }] },
        { availability_zone = "cn-north-1d", attachment = [{ endpoint_id = "vpce-0000000000000000d" }] },
        { availability_zone = "cn-north-1e", attachment = [{ endpoint_id = "vpce-0000000000000000e" }] },
        { availability_zone = "cn-north-1f", attachment = [{ endpoint_id = "vpce-0000000000000000f" }] },
      ]
    }]
  }
}

mock_resource "aws_networkfirewall_firewall_policy" {
  defaults = { arn = "arn:aws-cn:network-firewall:cn-north-1:111122223333:firewall-policy/made-up" }
}

mock_resource "aws_s3_bucket" {
  defaults = { arn = "arn:aws-cn:s3:::made-up" }
}

mock_resource "aws_sns_topic" {
  defaults = { arn = "arn:aws-cn:sns:cn-north-1:111122223333:made-up" }
}

mock_resource "aws_sqs_queue" {
  defaults = { arn = "arn:aws-cn:sqs:cn-north-1:111122223333:made-up" }
}

mock_resource "aws_ssm_document" {
  defaults = { arn = "arn:aws-cn:ssm:cn-north-1:111122223333:document/made-up" }
}
