import { expect, it } from "vitest";
import { withRanges } from "../../shared/terraform-compliance.ts";

it.each([
  ["tcp/(1,2,3,4) ports are defined", "tcp/(1-4) ports are defined"],
  ["(22,443,444,445,8080)", "(22,443-445,8080)"],
  ["(22,23,443)", "(22,23,443)"],
  ["(22,23)", "(22,23)"],
  ["10.0.0.1, 10.0.0.2, 10.0.0.3", "10.0.0.1, 10.0.0.2, 10.0.0.3"],
  [`(${Array.from({ length: 65_536 }, (_, port) => port).join(",")})`, "(0-65535)"],
])("A reason names a run of ports by its ends: %.30s.", (reason, expected) => {
  expect(withRanges(reason)).toBe(expected);
});
