import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { isOfDeployment, rootsOf, targetsOf } from "../../scripts/terraform-files.ts";

it("A root is a folder directly below terraform with a provider.tf, and its samples are none.", () => {
  const repository = mkdtempSync(join(tmpdir(), "palisade files-"));
  for (const file of [
    "terraform/release/provider.tf",
    "terraform/release/samples/infrastructure/provider.tf",
    "terraform/modules/topic/versions.tf",
    "terraform/notes/README.md",
    "functions/rule-exporter/templates/config-rules.tf",
  ]) {
    mkdirSync(join(repository, dirname(file)), { recursive: true });
    writeFileSync(join(repository, file), "");
  }
  expect(rootsOf(repository)).toEqual(["release"]);
  expect([...targetsOf(repository)]).toEqual([
    ["release", "terraform/release"],
    ["modules/topic", "terraform/modules/topic"],
    ["rule-exporter", "functions/rule-exporter/templates"],
  ]);
  rmSync(repository, { recursive: true });
});

it.each([
  ...["backend.tf", "terraform.tfvars", "prod.tfvars.json", "a.auto.tfvars.json", ".terraform", ".terraform.lock.hcl"],
  ...["terraform.tfstate", "terraform.tfstate.backup", "terraform.tfstate.d", ".terraform.tfstate.lock.info"],
])("%s belongs to a deployment, in any folder.", (name) => {
  expect(isOfDeployment(`/checkout/terraform/egress/samples/${name}`)).toBe(true);
});

it.each(["provider.tf", "backend.tf.md", "README.md", "variables.tf", "sni-collector.zip"])(
  "%s belongs to no deployment.",
  (name) => {
    expect(isOfDeployment(`/checkout/terraform/egress/${name}`)).toBe(false);
  },
);
