import { describe, expect, it } from "vitest";
import { changesOf } from "../../../functions/rule-exporter/estate-changes.ts";
import type { RuleEntry } from "../../../functions/rule-exporter/rule-entry.ts";

/** `printf 'x\n' | git hash-object --stdin`, and the same for `ü`, of two bytes. */
const X = "587be6b4c3f93f93c489c0111bba5596147a26cb";
const U_WITH_DOTS = "be761e039de7c85a579bc09515401c5ee742c8de";
const changes = (
  files: Record<string, string>,
  wanted: Record<string, string>,
  rules: Record<string, RuleEntry> = {},
) => changesOf({ commitId: "", files: new Map(Object.entries(files)) }, wanted, new Map(Object.entries(rules)));

describe("the changes of an estate", () => {
  it("The changes of an estate write a file where it is not there, or has another content.", () => {
    expect(changes({ same: X, other: X }, { same: "x\n", other: "y\n", new: "z" }).put).toEqual([
      ["other", "y\n"],
      ["new", "z"],
    ]);
  });

  it("The changes of an estate compare a content by its length in bytes, as git does.", () => {
    expect(changes({ file: U_WITH_DOTS }, { file: "ü\n" }).put).toEqual([]);
  });

  it("The changes of an estate remove a zip from the folder of the code where no rule names it, and leave other files.", () => {
    const files = {
      "code/B.zip": X,
      "code/A.zip": X,
      "code/KEPT.zip": X,
      "code/README.md": X,
      "code/a/b.zip": X,
      "a.zip": X,
    };
    const KEPT: RuleEntry = {
      kind: "custom",
      description: "",
      function: { name: "F", runtime: "r", handler: "h", code: { file: "code/KEPT.zip", sha256: "" } },
    };
    expect(changes(files, {}, { KEPT })).toEqual({ put: [], remove: ["code/A.zip", "code/B.zip"] });
  });
});
