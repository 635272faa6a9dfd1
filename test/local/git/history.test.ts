import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type History, makeRepository } from "../../../local/git/history.ts";
import { workOn } from "../../support/work-on.ts";

const folder = mkdtempSync(join(tmpdir(), "palisade-history-"));
afterAll(() => rmSync(folder, { recursive: true }));

const HISTORY: History = [
  { branch: "main", message: "First", files: { "a b/ü.txt": "ü\n" } },
  { branch: "side", from: "First", message: "Side", author: "Ben <ben@example.com>", files: { side: "" } },
  { branch: "main", message: "Second\n\nA body.", files: { "a b/ü.txt": "changed\n" } },
  { branch: "main", merges: "Side", message: "Both", files: { side: "merged\n" } },
  { tag: "light", of: { commit: "First" } },
  { tag: "annotated", of: { commit: "Both" }, message: "Reviewed" },
  { tag: "of-a-tag", of: { tag: "annotated" }, message: "Again" },
  { tag: "of-a-file", of: { content: "Not a commit.\n" }, message: "A note" },
];

await makeRepository(HISTORY, join(folder, "one"));
const { git, show } = workOn(folder, "one");

it("A git history makes the same ids every time, whatever the clock says.", async () => {
  await makeRepository(HISTORY, join(folder, "other"));
  const references = (name: string) => workOn(folder, name).git("for-each-ref");
  expect(references("other")).toBe(references("one"));
  expect(git("rev-parse", "main")).toBe("ffe036f94e53837c5cf3299035ec7a3f9240ea03");
  expect(readdirSync(folder).sort()).toEqual(["one", "other"]);
});

it("A git history commits files with author, whole message, and one minute between two steps.", () => {
  expect(git("log", "--reverse", "--first-parent", "--format=%an %cI %s", "main").split("\n")).toEqual([
    "Ana Sample 2026-10-01T08:00:00+00:00 First",
    "Ana Sample 2026-10-01T08:02:00+00:00 Second",
    "Ana Sample 2026-10-01T08:03:00+00:00 Both",
  ]);
  expect(git("show", "--no-patch", "--format=%B", "main~1")).toBe("Second\n\nA body.");
  expect(git("show", "--no-patch", "--format=%an <%ae>", "side")).toBe("Ben <ben@example.com>");
  expect([show("main~2", "a b/ü.txt"), show("main", "a b/ü.txt")]).toEqual(["ü", "changed"]);
});

it("A git history begins a branch where it says, and gives a merge its second parent.", () => {
  expect(git("rev-parse", "side^")).toBe(git("rev-parse", "light"));
  expect(git("show", "--no-patch", "--format=%P", "main")).toBe(git("rev-parse", "main~1", "side").replace("\n", " "));
  expect(show("main", "side")).toBe("merged");
});

it("A git history tags commits with and without a message, another tag, and a file.", () => {
  const kindOf = (revision: string) => git("cat-file", "-t", revision);
  expect(["light", "annotated", "of-a-tag", "of-a-file"].map(kindOf)).toEqual(["commit", "tag", "tag", "tag"]);
  expect(git("rev-parse", "annotated^{commit}")).toBe(git("rev-parse", "main"));
  expect(git("cat-file", "tag", "of-a-tag")).toMatch(/\ntype tag\ntag of-a-tag\ntagger Ana Sample .*\n\nAgain$/);
  expect(git("cat-file", "blob", "of-a-file^{blob}")).toBe("Not a commit.");
});

it("A git history whose making fails leaves no repository by its name.", async () => {
  const broken: History = [{ branch: "main", from: "none", message: "Broken", files: {} }];
  await expect(makeRepository(broken, join(folder, "broken"))).rejects.toThrow(/^git .*fast-import.* failed/);
  expect(readdirSync(folder)).not.toContain("broken");
});
