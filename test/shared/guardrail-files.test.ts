import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { guardrailsIn, readGuardrails } from "../../shared/guardrail-files.ts";

const folder = mkdtempSync(join(tmpdir(), "guardrail-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

const scenario = (name: string, tags = "") => `
  ${tags}
  Scenario: ${name}
    Given I have aws_ebs_volume defined
    Then it must have encrypted
`;
const feature = (...scenarios: string[]) => `Feature: Encryption\n${scenarios.join("")}`;

it("Each scenario is a guardrail with the level of its tags, and those of its feature count for all of its scenarios.", () => {
  const text = feature(scenario("A"), scenario("B", "@warn @team"), scenario("C", "@observe"));
  expect(guardrailsIn("encryption.feature", text)).toEqual([
    { feature: "encryption", scenario: "A", named: "A", tags: [], level: "block" },
    { feature: "encryption", scenario: "B", named: "B", tags: ["warn", "team"], level: "warn" },
    { feature: "encryption", scenario: "C", named: "C", tags: ["observe"], level: "observe" },
  ]);
  expect(guardrailsIn("a.feature", `@observe\n${feature(scenario("A"))}`)).toMatchObject([{ level: "observe" }]);
});

it("Each row of an outline is a guardrail whose name has values of the row, so that a new row renames no other.", () => {
  const text = (rows: string[], name: string) => `
Feature: Encryption
  Scenario Outline: ${name}
    Given I have <type> defined
    Then it must have <key>
    Examples:
      | type | key |
${rows.map((row) => `      | ${row} |`).join("\n")}
`;
  const names = (...rows: string[]) =>
    guardrailsIn("a.feature", text(rows, "Encryption of <type>")).map(({ scenario, named }) => [scenario, named]);
  expect(names("aws_ebs_volume | encrypted", "aws_db_instance | storage_encrypted")).toEqual([
    ["Encryption of aws_ebs_volume", "Encryption of <type> - row 0"],
    ["Encryption of aws_db_instance", "Encryption of <type> - row 1"],
  ]);
  expect(guardrailsIn("a.feature", text(["aws_ebs_volume | encrypted"], "Encryption"))).toMatchObject([
    { scenario: "Encryption (aws_ebs_volume, encrypted)", named: "Encryption - row 0" },
  ]);
});

it.each([
  "@nofail",
  "@no-fail",
  "@warning",
  "@info",
  "@NoFailure",
  "@exclude_aws_ebs_volume.a",
  "@team_ignore_aws_ebs_volume.legacy",
  "@ignore_.*",
  "@precondition(other.feature:_A)",
])("The tag %s is refused, since it would let a failure pass.", (tag) => {
  expect(() => guardrailsIn("a.feature", feature(scenario("A", tag)))).toThrow(
    `A has the tag ${tag}, which lets a failure pass.`,
  );
  expect(() => guardrailsIn("a.feature", `${tag}\n${feature(scenario("A"))}`)).toThrow("lets a failure pass");
});

it("Tags that make a guardrail stricter are taken.", () => {
  expect(guardrailsIn("a.feature", feature(scenario("A", "@noskip @case-sensitive")))).toMatchObject([
    { level: "block" },
  ]);
});

it.each([
  ["two levels", feature(scenario("A", "@warn @observe")), "a.feature: A has two levels: @warn and @observe."],
  [
    "no Then",
    "Feature: F\n  Scenario: A\n    Given I have aws_ebs_volume defined\n",
    "a.feature: A has no Then: it cannot fail.",
  ],
  ["no name", feature(scenario("")), "a.feature: the name of a scenario has 1 to 200 characters in one line: "],
  ["a name that turns the writing", feature(scenario("A\u202eB")), "characters in one line: A?B"],
  ["no syntax", "Feature: F\n  Scenario: A\n    Given x\n    Whatever\n", "a.feature: it is no feature. "],
  ["another thing than a feature", "{}", "a.feature: it is no feature. "],
])("A scenario with %s is refused with the name of the file.", (_, text, message) => {
  expect(() => guardrailsIn("a.feature", text)).toThrow(message);
});

it("A file whose name is no plain name is refused.", () => {
  expect(() => guardrailsIn("a b.feature", feature(scenario("A")))).toThrow(
    "the name of a feature has letters, digits, _ and - only",
  );
});

it("Only the features at the top of the folder count, in the order of their names.", async () => {
  const repository = mkdtempSync(join(folder, "top-"));
  mkdirSync(join(repository, "below"));
  writeFileSync(join(repository, "b.feature"), feature(scenario("B")));
  writeFileSync(join(repository, "a.feature"), feature(scenario("A")));
  writeFileSync(join(repository, "below", "c.feature"), feature(scenario("C")));
  writeFileSync(join(repository, "README.md"), "");
  expect((await readGuardrails(repository)).map(({ scenario }) => scenario)).toEqual(["A", "B"]);
});

it("A link or a folder with the name of a feature is refused, since its guardrails would not count.", async () => {
  const links = mkdtempSync(join(folder, "links-"));
  writeFileSync(join(links, "a.feature"), feature(scenario("A")));
  symlinkSync(join(links, "a.feature"), join(links, "b.feature"));
  await expect(readGuardrails(links)).rejects.toThrow("b.feature is no file: a link or a folder is no feature.");
  const folders = mkdtempSync(join(folder, "folders-"));
  mkdirSync(join(folders, "c.feature"));
  await expect(readGuardrails(folders)).rejects.toThrow("c.feature is no file");
});

it("Two guardrails of one name are refused, since a waiver could not tell them apart.", async () => {
  const repository = mkdtempSync(join(folder, "names-"));
  writeFileSync(join(repository, "a.feature"), feature(scenario("A"), scenario("B")));
  writeFileSync(join(repository, "b.feature"), feature(scenario("A")));
  await expect(readGuardrails(repository)).rejects.toThrow("Several guardrails have the same name: A.");
});

it("A folder without guardrails is refused, and not taken for one with nothing to complain of.", async () => {
  const repository = mkdtempSync(join(folder, "empty-"));
  await expect(readGuardrails(repository)).rejects.toThrow("The repository has no guardrails");
  writeFileSync(join(repository, "a.feature"), "Feature: F\n");
  await expect(readGuardrails(repository)).rejects.toThrow("The repository has no guardrails");
});
