/** Lines that name a value each, the values below one another; rows without a value are left out. */
export function labelledLines(rows: readonly (readonly [label: string, value: string])[], indent: string): string[] {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.filter(([, value]) => value !== "").map(([label, value]) => `${indent}${label.padEnd(width)}  ${value}`);
}
