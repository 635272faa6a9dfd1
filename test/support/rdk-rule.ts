import { type ExportOptions, exportOptions } from "../../functions/rule-exporter/export-options.ts";
import { readRule } from "../../functions/rule-exporter/rule.ts";

export const CODE = "def lambda_handler(event, context):\n    pass\n";
export const CUSTOM = { SourceRuntime: "python3.13", SourceEvents: "AWS::S3::Bucket" };
/** Terraform would take this for an expression. */
export const HCL = ["$", "{x} %", "{y}"].join("");

interface Folder {
  name?: string;
  /** By default those of a custom rule. */
  parameters?: Record<string, unknown>;
  tags?: unknown;
  /** By default the code of the rule. A parameters.json here is in the place of what `parameters` and `tags` say. */
  files?: Record<string, string>;
}

/** The folder of a rule, as the RDK makes it. */
export const folderOf = ({
  name = "MY_RULE",
  parameters = CUSTOM,
  tags,
  files = { [`${name}.py`]: CODE },
}: Folder = {}) => ({
  name,
  problems: [],
  files: new Map(
    Object.entries({
      "parameters.json": JSON.stringify({
        Version: "1.0",
        Parameters: parameters,
        ...(tags !== undefined && { Tags: tags }),
      }),
      ...files,
    }).map(([path, content]) => [path, Buffer.from(content)]),
  ),
});

/** Reads a rule on 23 November 2026, with its code in `<name>.zip`. */
export const read = (folder: Folder = {}, options: Partial<ExportOptions> = {}) =>
  readRule(folderOf(folder), { ...exportOptions.parse({}), ...options }, "2026-11-23", (name) => ({
    file: `${name}.zip`,
  }));

/** The problems of a custom rule with these parameters. */
export const problemsOf = (parameters: Record<string, unknown>, options: Partial<ExportOptions> = {}) =>
  read({ parameters: { ...CUSTOM, ...parameters } }, options).problems.map(
    ({ severity, pointer, message }) => `${severity} ${pointer} ${message}`,
  );

/** The entry of a custom rule with these parameters. */
export const entryOf = (parameters: Record<string, unknown>, options: Partial<ExportOptions> = {}) =>
  read({ parameters: { ...CUSTOM, ...parameters } }, options).entry;
