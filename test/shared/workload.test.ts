import { join, relative } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { repositoryPath } from "../../shared/setting-formats.ts";
import { triedWorkload } from "../../shared/workload.ts";

it("A path of a repository stays in its checkout, whatever text it is.", () => {
  const part = fc.constantFrom("..", ".", "/", "a", " ", "-", "@", "\\", "\n", "\0", "live");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const { success, data } = repositoryPath.safeParse(parts.join(""));
      if (!success) return;
      const found = relative("/checkout", join("/checkout", data));
      expect(found).not.toMatch(/^\.\.(\/|$)|^\//);
      expect(found === "" ? "." : found).toBe(data);
    }),
    { numRuns: 2_000 },
  );
  for (const path of [".", "live", "live/network", "a b/c@1.tfvars", "..a"])
    expect([path, repositoryPath.safeParse(path).success]).toEqual([path, true]);
});

const role = (name: string) => ({ roleArn: `arn:aws:iam::222233334444:role/${name}`, externalId: "trial" });
const configuration = {
  ...{
    kind: "guardrails" as const,
    pipeline: "palisade-guardrails",
    accountId: "111122223333",
    region: "eu-central-1",
  },
  repository: { name: "guardrails", url: "https://example.com/guardrails", branch: "develop" },
  workloads: {
    billing: {
      repository: { url: "https://example.com/billing", branch: "main", role: role("pull") },
      ...{ path: ".", variableFiles: ["live.tfvars"], planRoleArn: role("plan").roleArn, externalId: "trial" },
      state: { bucket: "states", key: "state", region: "us-east-1", role: role("state") },
      owner: "billing@example.com",
    },
  },
};

it("A workload that guardrails are tried on is read by the roles of its account, and applied by none.", () => {
  const workload = triedWorkload("billing", configuration);
  expect(workload).toMatchObject({
    ...{ name: "billing", root: ".", region: "eu-central-1", variables: { region: "eu-central-1" }, secrets: {} },
    ...{ planRole: role("plan"), state: { role: role("state") }, repository: { role: role("pull") } },
    variableFiles: [{ path: "live.tfvars", needed: true }],
  });
  expect(workload.applyRole).toBeUndefined();
});

it("A released workload gets the variables that its releases get.", () => {
  const released = {
    ...{ ledgerTable: "palisade-releases", region: "us-east-1", role: role("trial") },
    ...{ environment: "prod", team: "risk", scope: "us-west-2" },
  };
  const workloads = { risk: { ...configuration.workloads.billing, region: "us-west-2", released } };
  expect(triedWorkload("risk", { ...configuration, workloads }).variables).toEqual({
    ...{ region: "us-west-2", environment: "prod", team: "risk" },
  });
});

it("A workload that the configuration does not name is refused, also one with the name of a property of every object.", () => {
  for (const name of ["gone", "constructor", "__proto__"])
    expect(() => triedWorkload(name, configuration)).toThrow(`The configuration has no workload ${name}.`);
});
