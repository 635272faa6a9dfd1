import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { byCodeUnits } from "../shared/code-unit-order.ts";

/** A body of HCL as hcl2json has it: a block is a list of bodies, and an expression is text with `${…}` in it. */
export interface Body {
  [name: string]: Value;
}
export type Value = string | number | boolean | null | Value[] | Body;

/** An expression, taken apart. https://github.com/open-constructs/cdk-terrain/tree/main/packages/@cdktn/hcl2json */
export interface Expression {
  type: string;
  children: Expression[];
  meta?: {
    value: string;
    /** Of a function. */
    name?: string;
    /** Of a traversal: `aws_vpc`, `this`, `id`. */
    traversal?: { type: "nameTraversal" | "indexTraversal"; segment: string }[];
    /** Of a `for`. */
    keyVar?: string;
    valVar?: string;
    openRangeValue?: string;
  };
}

// Its own types would bring those of the DOM into the whole project.
const {
  parse,
  getExpressionAst,
}: {
  parse: (name: string, text: string) => Promise<Body>;
  getExpressionAst: (name: string, text: string) => Promise<Expression | null>;
} = createRequire(import.meta.url)("@cdktn/hcl2json");

/** Reads the text of a Terraform file. */
export const parseHcl = (text: string): Promise<Body> => parse("text.tf", text);

/** Reads a Terraform file. */
export const readHcl = (file: string): Promise<Body> => parse(file, readFileSync(file, "utf8"));

/** Takes apart a text of `parseHcl` with `${…}` in it. As a heredoc, it needs no escapes. */
export async function expressionOf(text: string): Promise<Expression> {
  const expression = await getExpressionAst("expression", `<<END_OF_EXPRESSION\n${text}\nEND_OF_EXPRESSION\n`);
  if (!expression) throw new Error(`Cannot read the expression ${text}`);
  return expression;
}

export const isBody = (value: Value | undefined): value is Body =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const entriesOf = (value: Value | undefined) => (isBody(value) ? Object.entries(value) : []);

/** The resources or data sources of a file, also those within a `check`. */
export const declarationsOf = (file: Body, kind: "resource" | "data"): { type: string; name: string; body: Body }[] => [
  ...entriesOf(file[kind]).flatMap(([type, named]) =>
    entriesOf(named).flatMap(([name, bodies]) =>
      (Array.isArray(bodies) ? bodies : []).filter(isBody).map((body) => ({ type, name, body })),
    ),
  ),
  ...entriesOf(file.check).flatMap(([, checks]) =>
    (Array.isArray(checks) ? checks : []).filter(isBody).flatMap((check) => declarationsOf(check, kind)),
  ),
];

/** The types of AWS that files use, in order. */
export const awsTypesOf = (files: readonly Body[], kind: "resource" | "data"): string[] =>
  [...new Set(files.flatMap((file) => declarationsOf(file, kind)).map(({ type }) => type))]
    .filter((type) => type.startsWith("aws_"))
    .sort(byCodeUnits);
