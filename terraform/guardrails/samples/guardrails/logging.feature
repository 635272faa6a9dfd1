Feature: CloudTrail and logs

  Scenario Outline: Trails have <argument> switched on
    Given I have aws_cloudtrail defined
    Then it must have <argument>
    And its value must be true

    Examples:
      | argument |
      | enable_logging |
      | enable_log_file_validation |
      | is_multi_region_trail |
      | include_global_service_events |

  Scenario Outline: Logs are encrypted with a key of ours: <type>
    Given I have <type> defined
    Then it must have kms_key_id
    And its value must not be null

    Examples:
      | type |
      | aws_cloudtrail |
      | aws_cloudwatch_log_group |

  # 0 keeps them for ever, which costs, and is no decision.
  @warn
  Scenario: Log groups keep their events for 30 days at least
    Given I have aws_cloudwatch_log_group defined
    Then it must have retention_in_days
    And its value must be more than 29
