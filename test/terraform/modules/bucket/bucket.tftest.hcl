# The module, planned by the real provider, which renders the policy. A plan of new resources calls no AWS.

provider "aws" {
  region                      = "cn-north-1"
  access_key                  = "made-up"
  secret_key                  = "made-up"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

variables {
  bucket      = "made-up"
  kms_key_arn = "arn:aws-cn:kms:cn-north-1:111122223333:key/made-up"
}

run "a_bucket_keeps_versions_encrypts_and_is_its_accounts_alone" {
  command = plan

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled" && one(aws_s3_bucket_ownership_controls.this.rule).object_ownership == "BucketOwnerEnforced"
    error_message = "It keeps versions, and its account owns all objects."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.kms_key_arn && one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms" && one(aws_s3_bucket_server_side_encryption_configuration.this.rule).bucket_key_enabled == false
    error_message = "It encrypts with the key of the root, and CloudTrail sees each read."
  }

  assert {
    condition     = alltrue([for block in [aws_s3_bucket_public_access_block.this] : block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets])
    error_message = "It is never public."
  }

  assert {
    condition     = { for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Sid => [statement.Effect, statement.Action, statement.Principal] } == { for sid, action in { TlsOnly = "s3:*", NoOtherKey = "s3:PutObject", NoEncryptionWithoutKey = "s3:PutObject", NoKeyOfTheCaller = "s3:PutObject", VersionsStay = "s3:DeleteObjectVersion" } : sid => ["Deny", action, "*"] }
    error_message = "Its policy denies, and allows nobody anything."
  }

  assert {
    condition = { for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Sid => try(statement.Condition, null) } == {
      TlsOnly = { Bool = { "aws:SecureTransport" = "false" } }
      NoOtherKey = {
        Null            = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = "false" }
        StringNotEquals = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = "arn:aws-cn:kms:cn-north-1:111122223333:key/made-up" }
      }
      NoEncryptionWithoutKey = { Null = { "s3:x-amz-server-side-encryption" = "false", "s3:x-amz-server-side-encryption-aws-kms-key-id" = "true" } }
      NoKeyOfTheCaller       = { Null = { "s3:x-amz-server-side-encryption-customer-algorithm" = "false" } }
      VersionsStay           = null
    }
    error_message = "It takes TLS and its one key only, and by default nobody deletes versions."
  }

  assert {
    condition     = { for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Sid => sort(flatten([statement.Resource])) } == { for sid in ["TlsOnly", "NoOtherKey", "NoEncryptionWithoutKey", "NoKeyOfTheCaller", "VersionsStay"] : sid => sort(concat([for bucket in ["arn:aws-cn:s3:::made-up"] : bucket if sid == "TlsOnly"], ["arn:aws-cn:s3:::made-up/*"])) }
    error_message = "Each statement is about the bucket or its objects."
  }
}

run "one_role_may_delete_versions" {
  command = plan

  variables {
    version_deletion_role_arn = "arn:aws-cn:iam::111122223333:role/deleter"
  }

  assert {
    condition     = [for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Condition if statement.Sid == "VersionsStay"][0] == { ArnNotEquals = { "aws:PrincipalArn" = var.version_deletion_role_arn } }
    error_message = "Only the named role deletes versions."
  }
}
