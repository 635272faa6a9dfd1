Feature: Alarms

  Scenario: Alarms on CPU and healthy hosts look each minute
    Given I have aws_cloudwatch_metric_alarm defined
    When its metric_name is "^(CPUUtilization|HealthyHostCount)$" regex
    Then it must have period
    And its value must be 60

  Scenario: Alarms on CPU and healthy hosts say what they look at
    Given I have aws_cloudwatch_metric_alarm defined
    When its metric_name is "^(CPUUtilization|HealthyHostCount)$" regex
    Then it must have dimensions
    And its value must not be null

  Scenario: Alarms tell somebody
    Given I have aws_cloudwatch_metric_alarm defined
    Then it must have alarm_actions
    And its value must not be null

  Scenario: Alarms are switched on
    Given I have aws_cloudwatch_metric_alarm defined
    Then it must have actions_enabled
    And its value must be true
