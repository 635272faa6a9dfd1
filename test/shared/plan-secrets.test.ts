import { expect, it } from "vitest";
import { planSecrets } from "../../shared/plan-secrets.ts";

it("Texts and numbers below a mark are found, in resources before and after, in modules, outputs and variables, and no others.", () => {
  const plan = {
    variables: { open: { value: "plain" }, token: { value: { inner: ["of-variable", 4711] } } },
    planned_values: {
      root_module: {
        child_modules: [
          { resources: [{ values: { password: "in-module", name: "plain" }, sensitive_values: { password: true } }] },
        ],
      },
      outputs: { key: { sensitive: true, value: "of-output" }, url: { sensitive: false, value: "plain" } },
    },
    resource_changes: [
      {
        change: {
          before: { password: "before" },
          before_sensitive: { password: true },
          after: { list: [{ a: "plain", b: "in-list" }], tags: { x: "whole" }, n: 12345 },
          after_sensitive: { list: [{ b: true }], tags: true, n: true },
        },
      },
    ],
    configuration: { root_module: { variables: { open: {}, token: { sensitive: true } } } },
  };
  expect(planSecrets(plan).sort()).toEqual(
    ["12345", "4711", "before", "in-list", "in-module", "of-output", "of-variable", "whole"].sort(),
  );
});

it("A plan without marks has no secrets, and what is no plan neither.", () => {
  for (const plan of [{}, [], null, 1, { resource_changes: [{ change: { after: { a: "b" }, after_sensitive: {} } }] }])
    expect(planSecrets(plan)).toEqual([]);
});
