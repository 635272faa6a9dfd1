import { expect, it } from "vitest";
import { newerThan } from "../../../cli/releases/behind.ts";
import type { Current } from "../../../shared/ledger.ts";
import { RELEASE } from "../../support/release-recorder.ts";

const current = (environment: string, version: string, changed: Partial<Current> = {}): Current => ({
  ...RELEASE,
  ...{ environment, version, outcome: "released", changes: 1, planSha256: "a", planFingerprint: "f" },
  appliedAt: "2026-11-24T10:00:00Z",
  ...changed,
});
const prod = current("prod", "1.0");

it("A release is behind the newest version of its team elsewhere, where that was first.", () => {
  const first = current("dev", "1.2", { appliedAt: "2026-11-23T10:00:00Z" });
  expect(newerThan(prod, [prod, current("qa", "1.1"), current("staging", "1.2"), first])).toBe(first);
});

it.each([
  ["is older", current("qa", "0.9")],
  ["is of another team", current("qa", "2.0", { team: "research" })],
  ["is of the other kind of scope", current("qa", "2.0", { scope: "global" })],
  ["failed half-way", current("qa", "2.0", { outcome: "failed" })],
])("A release is not behind one that %s.", (_what, other) => {
  expect(newerThan(prod, [prod, other])).toBeUndefined();
});
