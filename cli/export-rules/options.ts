import { type ExportOptions, exportOptions } from "../../functions/rule-exporter/export-options.ts";

/**
 * Checks the options of the command that the function has, too.
 *
 * @throws Error that names every wrong one as the command does
 */
export function readExportOptions(given: Readonly<Record<string, unknown>>): ExportOptions {
  const { success, data, error } = exportOptions.safeParse(given);
  if (success) return data;
  throw new Error(
    error.issues
      .map(({ path: [name], message }) => `${flagOf(String(name))} ${message.replace(/\b[a-z]+[A-Z]\w*/g, flagOf)}.`)
      .join(" "),
  );
}

/** `lambdaTimeout` is `--lambda-timeout`. */
const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
