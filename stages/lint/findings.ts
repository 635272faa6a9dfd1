import * as z from "zod";
import { printedJson } from "../../shared/printed-json.ts";

export interface Finding {
  tool: "terraform fmt" | "terraform validate" | "tflint";
  /** The rule of tflint, or the summary of Terraform. */
  rule: string;
  message: string;
  /** As the tool names it; empty for the whole root. */
  file: string;
  /** 0 for the whole file. */
  line: number;
  /** Whether it stops the release. */
  stops: boolean;
}

const range = z.object({ filename: z.string(), start: z.object({ line: z.number() }) });

/** https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
const validated = z.object({
  valid: z.boolean(),
  diagnostics: z.array(
    z.object({
      severity: z.enum(["error", "warning"]),
      summary: z.string(),
      detail: z.string().default(""),
      range: range.optional(),
    }),
  ),
});

/** https://github.com/terraform-linters/tflint/blob/master/formatter/json.go */
const linted = z.object({
  issues: z.array(
    z.object({
      rule: z.object({ name: z.string(), severity: z.enum(["error", "warning", "info"]) }),
      message: z.string(),
      range,
    }),
  ),
  errors: z.array(z.object({ summary: z.string().default("error"), message: z.string(), range: range.optional() })),
});

/** Reads `terraform fmt -check`: the names of files, one a line. */
export const unformatted = (output: string): Finding[] =>
  output
    .split("\n")
    .filter(Boolean)
    .map((file) => ({
      tool: "terraform fmt",
      rule: "format",
      message: "It has not the format of terraform fmt.",
      file,
      line: 0,
      stops: true,
    }));

/**
 * Reads `terraform validate -json`.
 *
 * @throws Error where it is no answer
 */
export function invalid(output: string): Finding[] {
  const { valid, diagnostics } = printedJson("terraform validate", validated, output, "something else than findings");
  if (!valid && !diagnostics.some(({ severity }) => severity === "error"))
    throw new Error("terraform validate says that the root is invalid, and does not say why.");
  return diagnostics.map(({ severity, summary, detail, range }) => ({
    tool: "terraform validate",
    rule: summary,
    message: detail,
    ...placeOf(range),
    stops: severity === "error",
  }));
}

/**
 * Reads `tflint --format=json`. Findings that are only informative do not stop a release.
 *
 * @throws Error where it is no answer
 */
export function issues(output: string): Finding[] {
  const { issues, errors } = printedJson("tflint", linted, output, "something else than findings");
  return [
    ...errors.map(({ summary, message, range }) => ({
      tool: "tflint" as const,
      rule: summary,
      message,
      ...placeOf(range),
      stops: true,
    })),
    ...issues.map(({ rule, message, range }) => ({
      tool: "tflint" as const,
      rule: rule.name,
      message,
      ...placeOf(range),
      stops: rule.severity !== "info",
    })),
  ];
}

const placeOf = (range: z.output<typeof validated>["diagnostics"][number]["range"]) => ({
  file: range?.filename ?? "",
  line: range?.start.line ?? 0,
});
