/** Lists values in so much room (characters), such as `a, b and 3 more`. The first one is always there. */
export function fittingList(values: readonly string[], room: number, separator = ", "): string {
  const text = (shown: number) =>
    [values.slice(0, shown).join(separator), ...(shown < values.length ? [`${values.length - shown} more`] : [])].join(
      " and ",
    );
  for (let shown = Math.min(values.length, room); shown > 1; shown -= 1)
    if (text(shown).length <= room) return text(shown);
  return text(1);
}
