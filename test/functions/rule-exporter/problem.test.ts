import { expect, it } from "vitest";
import { problemOf, problemsIn } from "../../../functions/rule-exporter/problem.ts";

it("A problem is an error unless it says that it is a warning.", () => {
  const where = { file: "parameters.json", pointer: "/Parameters", message: "is wrong" };
  expect(problemOf("parameters.json", "/Parameters", "is wrong")).toEqual({ ...where, severity: "error" });
  expect(problemOf("parameters.json", "/Parameters", "is wrong", "warning")).toEqual({ ...where, severity: "warning" });
});

it("A problem has a message of 1,000 characters at most, since a state machine hands on 256 KiB.", () => {
  expect(problemOf("A.py", "", "x".repeat(1_000)).message).toHaveLength(1_000);
  expect(problemOf("A.py", "", "x".repeat(1_001)).message).toBe("x".repeat(1_000));
});

it("The problems of a file are the checks that found something, in their order.", () => {
  expect(
    problemsIn("A.py", [
      [true, "/b", "second letter"],
      [false, "/c", "third letter"],
      [true, "/a", "first letter", "warning"],
    ]),
  ).toEqual([
    { severity: "error", file: "A.py", pointer: "/b", message: "second letter" },
    { severity: "warning", file: "A.py", pointer: "/a", message: "first letter" },
  ]);
});
