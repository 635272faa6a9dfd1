import { describe, expect, it } from "vitest";
import { fitGroups, linesOf, shareRoom } from "../../../functions/sni-collector/line-room.ts";
import { reachedNames } from "../../../functions/sni-collector/reached-name.ts";
import { byRegisteredDomain } from "../../../functions/sni-collector/registered-domain.ts";
import { sightingOf } from "../../support/sni-collector.ts";

describe("sections", () => {
  it.each([
    [[5, 6], 20, [5, 6]],
    [[50, 60], 100, [50, 50]],
    [[500, 60, 3], 100, [87, 10, 3]],
    [[500, 60, 300, 2], 100, [78, 10, 10, 2]],
    [[2, 500], 100, [2, 98]],
    [[], 100, []],
  ])("The room of lines is shared by sections that need %j of %i so: %j.", (needs, room, shares) => {
    expect(shareRoom(needs, room)).toEqual(shares);
  });
});

describe("groups", () => {
  /** Groups of so many names each. */
  const groupsOf = (...sizes: number[]) =>
    byRegisteredDomain(
      reachedNames(
        sizes.flatMap((size, group) =>
          Array.from({ length: size }, (_, index) =>
            sightingOf({ name: `${index}.group-${group}.com`, connections: 10 ** (6 - group) }),
          ),
        ),
      ),
    );
  const shown = (sizes: number[], room: number) => {
    const { groups, left } = fitGroups(groupsOf(...sizes), room);
    return { groups: groups.map(({ names, more }) => [names.length, more]), left: left.length };
  };

  it("The room of lines that groups need is one for each name, and one for a domain of several.", () => {
    expect([linesOf(groupsOf(1)), linesOf(groupsOf(2)), linesOf(groupsOf(1, 5, 1))]).toEqual([1, 3, 8]);
  });

  it.each([
    [
      "all where it suffices",
      [5, 1, 3],
      11,
      {
        groups: [
          [5, 0],
          [1, 0],
          [3, 0],
        ],
        left: 0,
      },
    ],
    [
      "all but some of the largest group where a line is missing",
      [5, 1, 3],
      10,
      {
        groups: [
          [3, 2],
          [1, 0],
          [3, 0],
        ],
        left: 0,
      },
    ],
    [
      "all groups with a few names before one is left out",
      [100, 4, 1],
      12,
      {
        groups: [
          [4, 96],
          [4, 0],
          [1, 0],
        ],
        left: 0,
      },
    ],
    ["the first groups where even that is too much", [100, 100, 1, 1], 10, { groups: [[3, 97]], left: 102 }],
    ["nothing but how many are left out, in one line", [100, 1], 1, { groups: [], left: 101 }],
  ])("The room of lines of a section shows %s: %j in %i.", (_case, sizes, room, expected) => {
    expect(shown(sizes, room)).toEqual(expected);
  });

  it("The room of lines is never exceeded, and no name is counted twice or not at all.", () => {
    for (let room = 1; room < 60; room += 1)
      for (const sizes of [[30], [1, 1, 1], [4, 4, 4, 4], [20, 1, 1, 9, 2], [2, 2, 2, 2, 2, 2, 2]]) {
        const { groups, left } = fitGroups(groupsOf(...sizes), room);
        const lines = groups.reduce(
          (sum, { names, more }) => sum + (names.length + more === 1 ? 1 : 1 + names.length + Math.min(more, 1)),
          Math.min(left.length, 1),
        );
        expect(lines).toBeLessThanOrEqual(room);
        const all = left.length + groups.reduce((sum, { names, more }) => sum + names.length + more, 0);
        expect(all).toBe(sizes.reduce((sum, size) => sum + size, 0));
        for (const { more } of groups) expect(more).not.toBe(1);
      }
  });
});
