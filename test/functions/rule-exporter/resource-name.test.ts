import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nameWithin } from "../../../functions/rule-exporter/resource-name.ts";

const name = (wished: string) => nameWithin(20, /[^a-z]/g, wished);

describe("the name of a resource", () => {
  it("A resource name that AWS takes stays as it is.", () => {
    expect(name("x".repeat(20))).toBe("x".repeat(20));
  });

  it("A resource name that is too long, or has other characters, ends in digits of its hash.", () => {
    expect(name("x".repeat(21))).toMatch(/^x{11}-[0-9a-f]{8}$/);
    expect(name("a b")).toMatch(/^a-b-[0-9a-f]{8}$/);
  });

  it("Two resource names that differ stay apart.", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 2 }), ([one = "", other = ""]) => {
        expect(name(one)).not.toBe(name(other));
        expect(name(one).length).toBeLessThanOrEqual(20);
      }),
    );
  });
});
