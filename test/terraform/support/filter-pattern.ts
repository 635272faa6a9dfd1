/**
 * Reads a CloudWatch Logs filter pattern of the form `{ ($.a.b = "x") || ($.c = "*") }`; there `*` stands for any text.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 *
 * @returns whether a log message matches
 * @throws Error on any other form
 */
export function filterPattern(pattern: string): (message: string) => boolean {
  const [, body] = /^\{ (.+) \}$/.exec(pattern) ?? [];
  const terms = body?.split(" || ").map((term) => /^\(\$\.([\w.]+) = "([\w*]+)"\)$/.exec(term)) ?? [];
  if (terms.length === 0 || terms.includes(null)) throw new Error(`Cannot read the filter pattern ${pattern}`);
  return (message) => {
    let record: unknown;
    try {
      record = JSON.parse(message);
    } catch {
      return false;
    }
    return terms.some((term) => {
      const [, path = "", wanted = ""] = term ?? [];
      const value = path
        .split(".")
        .reduce((at: unknown, name) => (at as Record<string, unknown> | undefined | null)?.[name], record);
      return typeof value === "string" && (wanted === "*" || value === wanted);
    });
  };
}
