Feature: A shelf
  Scenario: Counts free places
    Given 3 places
    When 1 book comes
    Then 2 places are free

  Scenario: Counts wrongly
    Given 3 places
    When 1 book comes
    Then 1 places are free

  Scenario: One step only
    Given 3 places

  Scenario: Fails at once
    Given an error

  Scenario: Has an unknown step
    Given 3 places
    And nobody knows this step

  Scenario: Has an unknown step after two
    Given 3 places
    When 1 book comes
    And nobody knows this step

  Scenario: Waits for later
    Given 3 places
    And a pending step

  Scenario Outline: Counts by table
    Given <places> places
    When <books> book comes
    Then <free> places are free

    Examples:
      | places | books | free |
      | 5      | 1     | 4    |
      | 5      | 2     | 4    |

  Scenario: Prints a line
    Given 3 places
    And a step that prints
    When 1 book comes
