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

it.each(["$", "%"])("A secret with %s{ is masked as HCL writes it, too.", (sign) => {
  expect(masked(`pa${sign}{ssword}12`, `this["pa${sign}${sign}{ssword}12"] and pa${sign}{ssword}12`)).toBe(
    'this["***"] and ***',
  );
});

const passphrase = "lorem ipsum dolor sit amet consectetur";
it.each([
  ["│ The phrase is wrong: lorem ipsum dolor", "│ The phrase is wrong: ***"],
  ['│ The phrase is "lorem ipsum', "│ The phrase is ***"],
  ["│ sit amet consectetur. Choose another one.", "│ *** Choose another one."],
  ["│ ipsum dolor sit", "│ ***"],
  ["│   dolor   sit ", "│   ***"],
  [`│ ${passphrase} lorem`, "│ *** ***"],
  ["amet consectetur and more lorem ipsum", "*** and more ***"],
  ["│ The dolor is not wrapped, nor is ipsum here", "│ The dolor is not wrapped, nor is ipsum here"],
  ["", ""],
])("A line that Terraform wrapped shows no part of a secret with spaces: %j.", (line, expected) => {
  const { add, maskLine } = createMask();
  add(passphrase);
  expect(maskLine(line)).toBe(expected);
});

it("A wrapped value of a JSON secret is masked, and lines of short words are not.", () => {
  const { add, maskLine } = createMask();
  add('{"phrase":"a b c and the rest of it"}');
  expect(maskLine("│ the rest of it")).toBe("│ ***");
  expect(maskLine("│ This is a")).toBe("│ This is a");
});
