import { expect, it } from "vitest";
import { createMask, maskedJson } from "../../shared/masked-text.ts";

const masked = (secret: string, text: string): string => {
  const { add, mask } = createMask();
  add(secret);
  return mask(text);
};

it.each([
  ["hunter2", "the password is hunter2.", "the password is ***."],
  ["first line\nsecond line\n}", '"second line" and }', '"***" and }'],
  ['{"user":"admin","password":"hunter2-hunter2","port":54321}', "admin hunter2-hunter2 54321", "admin *** 54321"],
  ["a.c (x|y)", "abc a.c (x|y)", "abc ***"],
  ['with "quotes"', String.raw`"with \"quotes\""`, '"***"'],
])("A secret, its lines and its JSON values are masked: %j.", (secret, text, expected) => {
  expect(masked(secret, text)).toBe(expected);
});

it("Of two secrets, the one that holds the other is masked whole.", () => {
  const { add, mask } = createMask();
  add("pass");
  add("password");
  expect(mask("password")).toBe("***");
});

it("What is ours is never masked, nor a part of it, and the same text elsewhere is.", () => {
  const { add, keep, mask } = createMask();
  add("5432");
  add("risk-5432");
  keep("ab5432cd", "risk");
  expect(mask("hash ab5432cd of risk, port 5432, risk-5432 and 5432cd")).toBe(
    "hash ab5432cd of risk, port ***, *** and ***cd",
  );
});

it("JSON for people has no secret in it, and stays JSON, whatever the secret.", () => {
  const mask = createMask();
  mask.add('"');
  mask.add("hunter2");
  expect(JSON.parse(maskedJson({ a: ['say "hunter2"', 1] }, mask))).toEqual({ a: ["say *********", 1] });
});
