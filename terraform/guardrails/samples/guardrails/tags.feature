Feature: Names and tags
  Who answers for a resource stands in its tags. Tags that default_tags of the provider gives are only in tags_all.

  Scenario: Resources have an owner
    Given I have resource that supports tags_all defined
    Then it must have tags_all
    And it must have Owner
    And its value must match the "^\S" regex

  @case-sensitive
  Scenario Outline: Names have small letters, digits and hyphens only, and begin with a letter: <type>
    Given I have <type> defined
    Then it must have tags_all
    And it must have Name
    And its value must match the "^[a-z][a-z0-9-]*$" regex

    Examples:
      | type |
      | aws_instance |
      | aws_vpc |
