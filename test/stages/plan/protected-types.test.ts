import { expect, it } from "vitest";
import type { PlannedChange } from "../../../shared/terraform-plan.ts";
import { judgeProtected } from "../../../stages/plan/protected-types.ts";

const database = (action: PlannedChange["action"], more: Partial<PlannedChange> = {}): PlannedChange => ({
  address: 'module.db["a#b"].aws_db_instance.this',
  type: "aws_db_instance",
  action,
  ...more,
});
const TYPES = ["aws_db_instance", "aws_s3_bucket"];

it.each(["destroy", "replace"] as const)("A protected resource may not be the object of %s.", (action) => {
  const change = database(action);
  expect(judgeProtected([change], TYPES)).toEqual({ refused: [change], allowed: [], notes: [] });
});

it.each(["create", "update", "import", "move", "forget"] as const)(
  "A protected resource may be the object of %s.",
  (action) => {
    expect(judgeProtected([database(action)], TYPES).refused).toEqual([]);
  },
);

it("A resource of another type may be destroyed.", () => {
  expect(judgeProtected([database("destroy", { type: "aws_db_instance_role" })], TYPES).refused).toEqual([]);
});

it("A deposed object of a protected type counts like any other.", () => {
  const deposed = database("destroy", { deposed: "1a2b3c4d" });
  expect(judgeProtected([deposed], TYPES).refused).toEqual([deposed]);
  expect(judgeProtected([deposed], TYPES, deposed.address).allowed).toEqual([deposed]);
});

it("allow-destroy.txt allows exactly the addresses that it names; lines with # are comments.", () => {
  const one = database("destroy");
  const other = database("destroy", { address: "aws_db_instance.other" });
  const text = `# CHANGE-1\r\n  ${one.address}  \r\n\n#aws_db_instance.other\naws_db_instance.oth\naws_db_instance.gone`;
  expect(judgeProtected([one, other], TYPES, text)).toEqual({
    refused: [other],
    allowed: [one],
    notes: ["aws_db_instance.oth", "aws_db_instance.gone"].map(
      (line) =>
        `allow-destroy.txt names ${line}, which this release does not destroy: correct the line, or take it out.`,
    ),
  });
});

it("A line of allow-destroy.txt that names nothing is shown as plain text, and cut.", () => {
  const [note] = judgeProtected([], TYPES, `\u001b]0;${"x".repeat(300)}`).notes;
  expect(note).toMatch(/^allow-destroy\.txt names \?\]0;x{193}\.\.\., which /);
});
