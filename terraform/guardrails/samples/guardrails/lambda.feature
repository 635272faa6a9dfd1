Feature: Lambda

  # https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html (November 2026). A list of what is supported, since a list of what is
  # not passes each runtime that ends later.
  Scenario: Functions have a runtime that is in support
    Given I have aws_lambda_function defined
    When its package_type is Zip
    Then it must have runtime
    And its value must match the "^(nodejs(22|24)\.x|python3\.1[1-4]|java(17|21|25)|dotnet10|ruby3\.[34]|provided\.al2023)$" regex
