import { expect, it } from "vitest";
import { compareVersions } from "../../../cli/releases/version-order.ts";

it.each([
  ["1.9", "1.10"],
  ["1.9.9", "2"],
  ["2.0-rc.1", "2.0"],
  ["2.0-rc.2", "2.0-rc.10"],
  ["2.0-alpha", "2.0-beta"],
  ["1.2.0", "1.2.1"],
])("%s is older than %s.", (older, newer) => {
  expect(compareVersions(older, newer)).toBeLessThan(0);
  expect(compareVersions(newer, older)).toBeGreaterThan(0);
});

it.each([
  ["1.2", "1.2.0"],
  ["1.0+build.1", "1.0+build.2"],
])("%s and %s are one version.", (a, b) => {
  expect(compareVersions(a, b)).toBe(0);
});
