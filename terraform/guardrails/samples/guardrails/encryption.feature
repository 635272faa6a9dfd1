Feature: Encryption at rest

  Scenario Outline: Storage is encrypted: <type>
    Given I have <type> defined
    Then it must have <argument>
    And its value must be true

    Examples:
      | type | argument |
      | aws_ebs_volume | encrypted |
      | aws_db_instance | storage_encrypted |
      | aws_rds_cluster | storage_encrypted |
      | aws_efs_file_system | encrypted |

  Scenario Outline: Disks of instances are encrypted: <block>
    Given I have aws_instance defined
    When it has <block>
    Then it must have <block>
    And it must have encrypted
    And its value must be true

    Examples:
      | block |
      | root_block_device |
      | ebs_block_device |
