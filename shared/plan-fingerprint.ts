import { createHash } from "node:crypto";
import { configure } from "safe-stable-stringify";
import { byCodeUnits } from "./code-unit-order.ts";
import { changedOutputs, type TerraformPlan } from "./terraform-plan.ts";

/** It throws for a value that is not JSON. */
const canonicalJson = configure({ strict: true, circularValue: Error, bigint: "string" });

/** What a plan does, without when and where it was made. Sensitive values are in it; only the hash leaves the build. */
export interface PlanFingerprint {
  /** SHA-256, in hexadecimal digits. */
  hash: string;
  /** The canonical JSON of each resource and output that changes, by how people know it. */
  parts: ReadonlyMap<string, string>;
}

/** The fingerprint of a plan: two plans have the same one if and only if they do the same to the same world. */
export function planFingerprint(plan: TerraformPlan): PlanFingerprint {
  const resources = plan.resource_changes
    .filter(({ change: { actions } }) => !["no-op", "read"].includes(actions.join(" ")))
    .map(({ address, deposed, previous_address, change }) => {
      const { actions, before, after, after_unknown, replace_paths, importing } = change;
      return { address, deposed, previous_address, actions, before, after, after_unknown, replace_paths, importing };
    })
    .sort((a, b) => byCodeUnits(a.address, b.address) || byCodeUnits(a.deposed ?? "", b.deposed ?? ""));
  const outputs = changedOutputs(plan)
    .sort(byCodeUnits)
    .map((name) => ({ name, ...plan.output_changes[name] }));

  const text = (value: unknown): string => canonicalJson(value) ?? "";
  return {
    hash: createHash("sha256").update(text({ resources, outputs })).digest("hex"),
    parts: new Map([
      ...resources.map((part): [string, string] => [nameOf(part.address, part.deposed), text(part)]),
      ...outputs.map((part): [string, string] => [`output.${part.name}`, text(part)]),
    ]),
  };
}

/** How people know an object: a deposed one, which Terraform still has to destroy, shares its address with its successor. */
export const nameOf = (address: string, deposed?: string): string =>
  deposed === undefined ? address : `${address} (deposed object ${deposed})`;

/** The resources and outputs with which two plans do not do the same. */
export const differences = (a: PlanFingerprint, b: PlanFingerprint): string[] =>
  [...new Set([...a.parts.keys(), ...b.parts.keys()])]
    .filter((name) => a.parts.get(name) !== b.parts.get(name))
    .sort(byCodeUnits);
