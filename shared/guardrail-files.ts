import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from "@cucumber/gherkin";
import { type Examples, type GherkinDocument, IdGenerator, type Pickle } from "@cucumber/messages";
import type { Level } from "./compliance.ts";
import { listedNames } from "./listed-names.ts";
import { plainText } from "./plain-text.ts";
import { Refusal } from "./refusal.ts";

/** A guardrail: a scenario, or a row of the examples of a scenario outline. */
export interface Guardrail {
  /** The file, without folder and ending. */
  feature: string;
  /** Its name. It is the only one of this name in the folder. */
  scenario: string;
  /** Without `@`, with those of the feature. */
  tags: string[];
  level: Level;
  /** The name that terraform-compliance gives it, which has the number of the row. */
  named: string;
}

const MAX_NAME = 200;

/**
 * Tags of terraform-compliance that let a failure pass. It looks for exclude_ and ignore_ anywhere in a tag:
 * https://terraform-compliance.com/pages/bdd-references/using_tags.html
 */
const REFUSED = /^(warning|info|no-?fail(ure)?|dontfail|.*(exclude|ignore).*|precondition\(.*|constant\(.*)$/i;

/**
 * Reads the guardrails of a folder: each `*.feature` in it, and none below it.
 *
 * @throws Refusal where a file is no feature, a name is not unique, a scenario cannot fail, or a tag takes the place of a level or
 *   of a waiver
 */
export async function readGuardrails(folder: string): Promise<Guardrail[]> {
  const files = await featureFiles(folder);
  const read = await Promise.all(
    files.map(async (file) => guardrailsIn(file, await readFile(join(folder, file), "utf8"))),
  );
  const guardrails = read.flat();
  if (guardrails.length === 0)
    throw new Refusal("The repository has no guardrails: no *.feature at its top has a scenario.");
  const names = guardrails.map(({ scenario }) => scenario);
  const repeated = [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
  if (repeated.length > 0)
    throw new Refusal(
      `Several guardrails have the same name: ${listedNames(repeated)}.`,
      "Waivers name a guardrail by its scenario. Give each scenario a name of its own.",
    );
  return guardrails;
}

/**
 * The names of the features of a folder.
 *
 * @throws Refusal where one is a link or a folder, which would not count
 */
export async function featureFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const features = entries.filter(({ name }) => name.endsWith(".feature"));
  const other = features.find((entry) => !entry.isFile());
  if (other) throw new Refusal(`${plainText(other.name, MAX_NAME)} is no file: a link or a folder is no feature.`);
  return features.map(({ name }) => name).sort();
}

/**
 * The guardrails of one feature.
 *
 * @param file its name
 * @throws Refusal as `readGuardrails`
 */
export function guardrailsIn(file: string, text: string): Guardrail[] {
  const refuse = (reason: string, ...steps: string[]): never => {
    throw new Refusal(`${file}: ${reason}`, ...steps);
  };
  if (!/^[\w-]{1,100}\.feature$/.test(file)) refuse("the name of a feature has letters, digits, _ and - only.");
  const newId = IdGenerator.incrementing();
  let document: GherkinDocument;
  try {
    document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(text);
  } catch (error) {
    return refuse(
      `it is no feature. ${plainText(error instanceof Error ? error.message.replaceAll(/\s+/g, " ") : String(error), 500)}`,
    );
  }
  const rows = new Map(
    (document.feature?.children ?? []).flatMap(({ scenario }) =>
      rowsOf(scenario?.name ?? "", scenario?.examples ?? []),
    ),
  );
  return compile(document, file, newId).map((pickle) => guardrailOf(file, pickle, rows, refuse));
}

interface Row {
  /** The name of the outline, with its placeholders. */
  outline: string;
  named: string;
  cells: string;
}

/** By id: each row of the examples of a scenario outline. */
const rowsOf = (name: string, examples: readonly Examples[]): [string, Row][] =>
  examples
    .flatMap(({ tableBody }) => tableBody)
    .map(({ id, cells }, at) => [
      id,
      { outline: name, named: `${name} - row ${at}`, cells: cells.map(({ value }) => value).join(", ") },
    ]);

function guardrailOf(
  file: string,
  { name, tags, steps, astNodeIds }: Pickle,
  rows: ReadonlyMap<string, Row>,
  refuse: (reason: string, ...steps: string[]) => never,
): Guardrail {
  const row = rows.get(astNodeIds[1] ?? "");
  // Rows of an outline whose name has no placeholder would all have this name.
  const scenario = row?.outline === name ? `${name} (${row.cells})` : name;
  if (name === "" || scenario !== plainText(scenario, MAX_NAME))
    refuse(`the name of a scenario has 1 to ${MAX_NAME} characters in one line: ${plainText(scenario, MAX_NAME)}`);
  const names = tags.map((tag) => tag.name.slice(1));
  const refused = names.filter((tag) => REFUSED.test(tag));
  if (refused.length > 0)
    refuse(
      `${scenario} has the tag ${refused.map((tag) => `@${plainText(tag, MAX_NAME)}`).join(" ")}, which lets a failure pass.`,
      "Use the levels @warn and @observe, and waivers for single resources.",
    );
  const levels = (["warn", "observe"] as const).filter((level) => names.includes(level));
  if (levels.length > 1) refuse(`${scenario} has two levels: @warn and @observe.`);
  if (!steps.some(({ type }) => type === "Outcome")) refuse(`${scenario} has no Then: it cannot fail.`);
  return {
    feature: basename(file, ".feature"),
    scenario,
    tags: names,
    level: levels[0] ?? "block",
    named: row?.named ?? name,
  };
}
