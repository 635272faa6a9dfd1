import { describe, expect, it } from "vitest";
import { plainPath } from "../../../../local/services/codecommit/path.ts";

const deep = (levels: number) => Array(levels).fill("d").join("/");

describe("a path of CodeCommit", () => {
  it.each([
    ["/", ""],
    ["", ""],
    ["/rules/a b/", "rules/a b"],
    ["...", "..."],
    [".github/a", ".github/a"],
    [deep(20), deep(20)],
    ["x".repeat(4_096), "x".repeat(4_096)],
  ])("CodeCommit takes the path %j for %j.", (path, plain) => {
    expect(plainPath(path)).toBe(plain);
  });

  it.each([
    ["rules/../.."],
    ["./a"],
    ["a//b"],
    ["//a"],
    [".git/config"],
    ["a/.git/config"],
    [deep(21)],
    ["x".repeat(4_097)],
  ])("CodeCommit refuses the path %j.", (path) => {
    expect(() => plainPath(path)).toThrow(expect.objectContaining({ name: "InvalidPathException" }));
  });
});
