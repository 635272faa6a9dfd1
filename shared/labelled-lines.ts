/** A value and its name. */
export type Row = readonly [label: string, value: string];

/** One line for each row that has a value, the values in one column. */
export function labelledLines(rows: readonly Row[], indent: string): string[] {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.filter(([, value]) => value !== "").map(([label, value]) => `${indent}${label.padEnd(width)}  ${value}`);
}
