@warn
Feature: Wildcards in policies
  The policy of a new resource often names other new resources, and then is known only after the apply: the guardrail fails and says so.
  So its level is warn.

  Scenario Outline: Policies allow no wildcard of actions: <type>
    Given I have <type> defined
    Then it must have policy
    And it must have Statement
    When its Effect is Allow
    Then it must have Action
    And its value must not match the "^(\*|[a-z0-9-]+:\*)$" regex

    Examples:
      | type |
      | aws_iam_policy |
      | aws_iam_role_policy |

  Scenario: Nobody gets the policy of administrators
    Given I have aws_iam_role_policy_attachment defined
    Then it must have policy_arn
    And its value must not match the ".*:policy/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$" regex
