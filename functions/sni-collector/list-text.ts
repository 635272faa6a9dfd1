/** Lists values in so much room (characters), such as `a, b and 3 more`. The first one is always there. */
export function fittingList(values: readonly string[], room: number, separator = ", "): string {
  const shortened = (shown: number) =>
    [values.slice(0, shown).join(separator), ...(shown < values.length ? [`${values.length - shown} more`] : [])].join(
      " and ",
    );
  let most = Math.min(values.length, 1);
  while (most < values.length && shortened(most + 1).length <= room) most += 1;
  return shortened(most);
}
