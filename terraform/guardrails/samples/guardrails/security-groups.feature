Feature: What the world reaches
  Only port 443 over TCP is open to the world. Any other port, a range that has another port, and all protocols are refused.

  # A rule of its own opens exactly 443 over TCP to a network of the world.
  Scenario Outline: Rules open port 443 to the world and nothing else: <network> <argument>
    Given I have aws_vpc_security_group_ingress_rule defined
    When its <network> is "<world>" regex
    Then it must have <argument>
    And its value must match the "^(443|tcp)$" regex

    Examples:
      | network | world | argument |
      | cidr_ipv4 | .*/[0-7]$ | from_port |
      | cidr_ipv4 | .*/[0-7]$ | to_port |
      | cidr_ipv4 | .*/[0-7]$ | ip_protocol |
      | cidr_ipv6 | .*/(?!3[2-9]$)(?![4-9][0-9])[0-9][0-9]?$ | from_port |
      | cidr_ipv6 | .*/(?!3[2-9]$)(?![4-9][0-9])[0-9][0-9]?$ | to_port |
      | cidr_ipv6 | .*/(?!3[2-9]$)(?![4-9][0-9])[0-9][0-9]?$ | ip_protocol |

  Scenario Outline: Older rules open port 443 to the world and nothing else: <networks> <argument>
    Given I have aws_security_group_rule defined
    When its type is ingress
    And its <networks> is "<world>" regex
    Then it must have <argument>
    And its value must match the "^(443|tcp)$" regex

    Examples:
      | networks | world | argument |
      | cidr_blocks | .*/[0-7]$ | from_port |
      | cidr_blocks | .*/[0-7]$ | to_port |
      | cidr_blocks | .*/[0-7]$ | protocol |
      | ipv6_cidr_blocks | .*/(?!3[2-9]$)(?![4-9][0-9])[0-9][0-9]?$ | from_port |
      | ipv6_cidr_blocks | .*/(?!3[2-9]$)(?![4-9][0-9])[0-9][0-9]?$ | to_port |
      | ipv6_cidr_blocks | .*/(?!3[2-9]$)(?![4-9][0-9])[0-9][0-9]?$ | protocol |

  # Rules inside a group: terraform-compliance cannot pick some of them by their networks. So large IPv6 networks and halves of the
  # internet are refused whatever the port is, also in an older rule that names the group. A newer rule of its own opens port 443 to them.
  Scenario Outline: Rules inside a group open port 443 to the world and nothing else: <protocol> <ports>
    Given I have aws_security_group defined
    When it has ingress
    Then it must have ingress
    And it must not have <protocol> protocol and port <ports> for 0.0.0.0/0

    Examples:
      | protocol | ports |
      | tcp | 1-442 |
      | tcp | 444-65535 |
      | udp | 1-65535 |
      | icmp | 1-65535 |

  Scenario Outline: Rules inside a group open nothing to <networks>
    Given I have aws_security_group defined
    When it has ingress
    Then it must have ingress
    And its value must not match the "<pattern>" regex

    Examples:
      | networks | pattern |
      | halves of the internet | ^[0-9.]+/[1-7]$ |
      | large IPv6 networks | ^[0-9a-f]*:[0-9a-f:]*/(?!3[2-9]$)(?![4-9][0-9])[0-9][0-9]?$ |
