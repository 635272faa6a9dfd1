import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { exportRules } from "../../support/export-rules.ts";
import { Root } from "../support/root.ts";

// The Terraform files of a layout are the same for all rules: test/cli/golden-rules.test.ts.
describe("the Terraform that rule-exporter writes", () => {
  it.each([
    ["one rule", "CUSTOM_CHANGE", ["CUSTOM_CHANGE"], []],
    ["an estate", "estate", ["--all", "--layout", "estate"], ["estate"]],
  ])("The Terraform for %s is valid, without a warning.", async (_layout, name, args, folders) => {
    const root = new Root(name);
    await exportRules(...args, "-o", join(dirname(root.folder), ...folders));
    await root.run("init");
    expect(await root.diagnostics()).toEqual([]);
    root.remove();
  });

  it.each([
    ["an account", "rules.tftest.hcl", ["--all"]],
    [
      "an organization",
      "organization.tftest.hcl",
      [
        ...["CUSTOM_CHANGE", "CUSTOM_HYBRID", "CUSTOM_PERIODIC", "EXCLUDED_ACCOUNTS", "GUARD_POLICY"],
        ...["MANAGED_CHANGE", "MANAGED_PERIODIC", "-v", "1.x_organization"],
      ],
    ],
  ])("The Terraform for %s passes %s on a mocked provider.", async (_owner, test, args) => {
    const root = new Root();
    await exportRules(...args, "--layout", "estate", "-o", root.folder);
    await root.run("init");
    expect(await root.test(`rule-exporter/${test}`)).toBeGreaterThan(0);
    root.remove();
  });
});
