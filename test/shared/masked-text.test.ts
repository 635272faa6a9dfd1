import { expect, it } from "vitest";
import { createMask, maskedJson } from "../../shared/masked-text.ts";

const masked = (secret: string, text: string): string => {
  const { add, mask } = createMask();
  add(secret);
  return mask(text);
};

it.each([
  ["hunter2", "the password is hunter2.", "the password is ***."],
  ["x", "x", "***"],
  ["first line\nsecond line\n}", '"second line" and }', '"***" and }'],
  ['{"user":"admin","port":54321}', "admin at 54321", "*** at ***"],
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

it("JSON for people has no secret in it, and stays JSON, whatever the secret.", () => {
  const mask = createMask();
  mask.add('"');
  mask.add("hunter2");
  expect(JSON.parse(maskedJson({ a: ['say "hunter2"', 1] }, mask))).toEqual({ a: ["say *********", 1] });
});
