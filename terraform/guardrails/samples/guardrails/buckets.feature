Feature: Public buckets

  Scenario: Each bucket has its block of public access
    Given I have aws_s3_bucket defined
    Then it must have aws_s3_bucket_public_access_block

  Scenario Outline: The block of public access has <argument>
    Given I have aws_s3_bucket_public_access_block defined
    Then it must have <argument>
    And its value must be true

    Examples:
      | argument |
      | block_public_acls |
      | block_public_policy |
      | ignore_public_acls |
      | restrict_public_buckets |

  Scenario: No access control list is public
    Given I have aws_s3_bucket_acl defined
    When it has acl
    Then it must have acl
    And its value must not match the "^(public-.*|authenticated-read)$" regex
