import { describe, expect, it } from "vitest";
import { decide, knownSighting, REWRITE_AFTER } from "../../../functions/sni-collector/known-sighting.ts";
import { sightingOf } from "../../support/sni-collector.ts";

const TIME = Date.parse("2026-10-14T15:00:00.500Z");
const SECONDS = Math.floor(TIME / 1_000);
const DAY = 86_400;

/** As the table holds it: written at `writtenAt`, and forgotten a day after TIME. */
const known = (writtenAt: number, expiresAt = SECONDS + DAY) => ({
  ...sightingOf({ sources: ["10.0.0.1"], firstSeen: 1_000, lastSeen: 2_000 }),
  writtenAt,
  expiresAt,
});

describe("decisions", () => {
  it("A sighting is not known but new where the table does not hold it, and expires after the days of the settings, to the next second.", () => {
    expect(decide(sightingOf(), undefined, TIME, 30)).toEqual({
      action: "new",
      known: { ...sightingOf(), writtenAt: TIME, expiresAt: SECONDS + 30 * DAY + 1 },
    });
  });

  it("A sighting is not known but new, and counts a connection even where its batch was counted before.", () => {
    expect(decide(sightingOf({ connections: 0 }), undefined, TIME, 30).known.connections).toBe(1);
  });

  it("A known sighting is new from the second in which the table's own item expires, and takes over nothing from it.", () => {
    expect(decide(sightingOf(), known(TIME - 1, SECONDS), TIME, 30)).toMatchObject({
      action: "new",
      known: sightingOf(),
    });
    expect(decide(sightingOf(), known(TIME - 1, TIME / 1_000), TIME, 30).action).toBe("new");
    expect(decide(sightingOf(), known(TIME - 1, SECONDS + 1), TIME, 30).action).toBe("keep");
  });

  it("A known sighting is kept as the table holds it within an hour of its last writing.", () => {
    const held = known(TIME - REWRITE_AFTER + 1);
    expect(decide(sightingOf(), held, TIME, 30)).toEqual({ action: "keep", known: held });
  });

  it("A known sighting is written again after an hour, with what both saw, and expires later.", () => {
    expect(decide(sightingOf(), known(TIME - REWRITE_AFTER), TIME, 30)).toEqual({
      action: "rewrite",
      known: {
        ...sightingOf({ sources: ["10.0.0.1", "10.0.3.21"], firstSeen: 1_000, connections: 2 }),
        writtenAt: TIME,
        expiresAt: SECONDS + 30 * DAY + 1,
      },
    });
  });
});

it("A known sighting has times and a known verdict, or the item of the table is none.", () => {
  expect(knownSighting.safeParse(known(TIME)).success).toBe(true);
  expect(knownSighting.safeParse(sightingOf()).success).toBe(false);
  expect(knownSighting.safeParse({ ...known(TIME), verdict: "maybe" }).success).toBe(false);
});

it("A known sighting of an earlier version counts one connection, and no trailing dot.", () => {
  const { connections: _, trailingDot: __, ...old } = known(TIME);
  expect(knownSighting.parse(old)).toMatchObject({ connections: 1, trailingDot: false });
});
