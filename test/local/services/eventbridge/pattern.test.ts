import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { eventPattern } from "../../../../local/services/eventbridge/pattern.ts";
import { CASES } from "../../../support/event-patterns.ts";

describe("event patterns", () => {
  it.each(CASES)("The pattern %j matches the events that it should, and no others.", (pattern, matching, others) => {
    const matches = eventPattern(JSON.stringify(pattern));
    for (const event of matching) expect([event, matches(event)]).toEqual([event, true]);
    for (const event of others) expect([event, matches(event)]).toEqual([event, false]);
  });

  it.each([
    [{ a: [{ cidr: "10.0.0.0/24" }] }],
    [{ a: [{ prefix: 1 }] }],
    [{ a: [{ prefix: ["x", "y"] }] }],
    [{ a: [{ prefix: "x", suffix: "y" }] }],
    [{ a: [{}] }],
    [{ a: [["x"]] }],
    [{ a: [] }],
    [{ a: "x" }],
    [{}],
    [[]],
    [{ a: [{ exists: "true" }] }],
    [{ a: [{ numeric: ["=", "1"] }] }],
    [{ a: [{ numeric: [">", 1, "<"] }] }],
    [{ a: [{ numeric: ["!=", 1] }] }],
    [{ a: [{ wildcard: "a**b" }] }],
    [{ a: [{ wildcard: "a\\b" }] }],
    [{ a: [{ "anything-but": [] }] }],
    [{ a: [{ "anything-but": { numeric: [">", 1] } }] }],
    [{ $or: [{ a: [1] }] }],
    [{ $or: { a: [1] } }],
  ])("The pattern %j is refused: AWS refuses it, or its operator is not known here.", (pattern) => {
    expect(() => eventPattern(JSON.stringify(pattern))).toThrow("The event pattern is not valid");
  });

  it("A pattern of more than 2,048 characters or 1,000 combinations is refused.", () => {
    expect(() => eventPattern(JSON.stringify({ a: ["x".repeat(2_048)] }))).toThrow("more than 2048");
    const wide = { $or: Array.from({ length: 33 }, (_, index) => ({ a: [index] })) };
    expect(() => eventPattern(JSON.stringify({ ...wide, b: { $or: wide.$or } }))).toThrow("1000 combinations");
  });

  it("Each event pattern in the repository can be read.", () => {
    const files = readdirSync("functions", { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith("-pattern.json"),
    );
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect(eventPattern(readFileSync(`functions/${file}`, "utf8"))({})).toBe(false);
  });
});
