import { expect, it } from "vitest";
import type { PlannedChange } from "../../../shared/terraform-plan.ts";
import { followApply } from "../../../stages/apply/progress.ts";

const planned = (address: string, action: PlannedChange["action"]): PlannedChange => ({ address, type: "a", action });
const hook = (type: string, addr: string, action: string) =>
  JSON.stringify({ "@message": `${addr}: ${type}`, type, hook: { resource: { addr }, action } });
const diagnostic = (severity: string, summary: string, detail: string, address?: string) =>
  JSON.stringify({
    "@message": `Error: ${summary}`,
    type: "diagnostic",
    diagnostic: { severity, summary, detail, address },
  });

const PLAN = [
  planned("a.created", "create"),
  planned("a.updated", "update"),
  planned("a.destroyed", "destroy"),
  planned("a.replaced", "replace"),
  planned("a.moved", "move"),
];

it("An apply that ends early has made what Terraform completed, and nothing else.", () => {
  const progress = followApply(PLAN);
  expect(progress.began()).toBe(false);
  for (const line of [
    hook("apply_start", "a.created", "create"),
    hook("apply_complete", "a.created", "create"),
    hook("apply_start", "a.replaced", "delete"),
    hook("apply_complete", "a.replaced", "delete"),
    hook("apply_start", "a.replaced", "create"),
    hook("apply_errored", "a.replaced", "create"),
    hook("apply_start", "a.updated", "update"),
  ])
    progress.take(line);
  expect(progress.began()).toBe(true);
  expect(progress.made()).toEqual(["a.created"]);
  expect(progress.notMade()).toEqual(["a.updated", "a.destroyed", "a.replaced"]);
  expect(progress.destroyedOnly()).toEqual(["a.replaced"]);
});

it("A resource whose provisioner fails is there, but neither made nor missing.", () => {
  const progress = followApply([
    planned("a.created", "create"),
    planned("a.replaced", "replace"),
    planned("a.whole", "create"),
  ]);
  for (const line of [
    hook("apply_complete", "a.replaced", "delete"),
    ...["a.created", "a.replaced", "a.whole"].map((addr) =>
      JSON.stringify({ "@message": "Provisioning", type: "provision_start", hook: { resource: { addr } } }),
    ),
    hook("apply_errored", "a.created", "create"),
    hook("apply_complete", "a.whole", "create"),
  ])
    progress.take(line);
  expect(progress.tainted()).toEqual(["a.created", "a.replaced"]);
  expect(progress.made()).toEqual(["a.whole"]);
  expect([progress.notMade(), progress.destroyedOnly()]).toEqual([[], []]);
});

it("A replacement is made once both of its halves are, in either order.", () => {
  for (const actions of [
    ["create", "delete"],
    ["delete", "create"],
  ]) {
    const progress = followApply([planned("a.replaced", "replace")]);
    for (const action of actions) progress.take(hook("apply_complete", "a.replaced", action));
    expect([progress.made(), progress.destroyedOnly()]).toEqual([["a.replaced"], []]);
  }
});

it("People read messages, and errors with their address and detail; progress every ten seconds is left out.", () => {
  const progress = followApply(PLAN);
  expect(progress.take(hook("apply_progress", "a.created", "create"))).toEqual([]);
  expect(progress.take(hook("apply_complete", "a.created", "create"))).toEqual(["a.created: apply_complete"]);
  expect(progress.take(diagnostic("error", "It failed", "Because\nof this", "a.updated"))).toEqual([
    "Error: It failed",
    "  with a.updated",
    "Because",
    "of this",
  ]);
  progress.take(diagnostic("warning", "Beware", ""));
  expect(progress.errors()).toEqual(["a.updated: It failed: Because\nof this"]);
});

it("What is no JSON is shown as it is, since Terraform prints so where it crashes.", () => {
  const progress = followApply([]);
  expect([progress.take("panic: oh no"), progress.take(""), progress.take("{}")]).toEqual([
    ["panic: oh no"],
    [],
    ["{}"],
  ]);
});
