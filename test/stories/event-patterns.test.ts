import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { CASES } from "../support/event-patterns.ts";

/** moto's TestEventPattern answers nothing, but the patterns of its rules do. */
const MOTO = `
import json, sys
from moto.events.models import EventPattern
print(json.dumps([[EventPattern.load(json.dumps(pattern)).matches_event(event) for event in events] for pattern, events in json.load(sys.stdin)]))
`;

it("moto has the same opinion of each pattern and event as the local EventBridge.", () => {
  const asked = CASES.map(([pattern, matching, others]) => [pattern, [...matching, ...others]]);
  const output = execFileSync(join(inject("commands"), "python"), ["-c", MOTO], { input: JSON.stringify(asked) });
  const opinions: boolean[][] = JSON.parse(output.toString());
  for (const [index, [pattern, matching, others]] of CASES.entries())
    expect([pattern, opinions[index]]).toEqual([pattern, [...matching.map(() => true), ...others.map(() => false)]]);
});
