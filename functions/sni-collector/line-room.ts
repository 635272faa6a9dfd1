import type { ReachedName } from "./reached-name.ts";
import type { DomainGroup } from "./registered-domain.ts";

/** Each section gets as many lines as this, if it needs them, whatever the sections before it need. */
const LEAST_LINES = 10;

/** Of a group that is cut, at least so many names are shown. */
const LEAST_SHOWN = 3;

/** Gives each section its lines. The first ones get the room first. */
export function shareRoom(needs: readonly number[], room: number): number[] {
  const shares: number[] = [];
  let left = room;
  needs.forEach((need, index) => {
    const kept = needs.slice(index + 1).reduce((sum, later) => sum + Math.min(later, LEAST_LINES), 0);
    const share = Math.min(need, Math.max(left - kept, 0));
    shares.push(share);
    left -= share;
  });
  return shares;
}

/** The lines of all groups: one for each name, and one for the domain of several. */
export const linesOf = (groups: readonly DomainGroup[]): number => cutLines(groups, Number.POSITIVE_INFINITY);

/** What of the groups is shown, with the number of names that each group leaves out, and all names that are left out. */
export interface Fitted {
  groups: (DomainGroup & { more: number })[];
  left: ReachedName[];
}

/**
 * Chooses what to show in so many lines. A large group is cut before a small one is left out: a thousand names below one
 * domain must not hide the others. What is cut or left out takes a line that says so.
 */
export function fitGroups(groups: readonly DomainGroup[], room: number): Fitted {
  let most = Math.min(room, Math.max(0, ...groups.map(({ names }) => names.length)));
  while (most > LEAST_SHOWN && cutLines(groups, most) > room) most -= 1;
  const shown: Fitted["groups"] = [];
  const left: ReachedName[] = [];
  const whole = cutLines(groups, most) <= room;
  let open = whole ? room : room - 1;
  for (const group of groups) {
    const names = shownOf(group, most);
    open -= cutLines([group], most);
    if (open < 0) left.push(...group.names);
    else shown.push({ ...group, names: group.names.slice(0, names), more: group.names.length - names });
  }
  return { groups: shown, left };
}

/** To leave out one name would take as much room as to show it. */
const shownOf = ({ names }: DomainGroup, most: number): number => (names.length <= most + 1 ? names.length : most);

function cutLines(groups: readonly DomainGroup[], most: number): number {
  return groups.reduce(
    (lines, { names }) => lines + (names.length === 1 ? 1 : 1 + Math.min(names.length, most + 1)),
    0,
  );
}
