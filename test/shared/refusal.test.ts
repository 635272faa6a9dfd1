import { expect, it } from "vitest";
import { Refusal } from "../../shared/refusal.ts";

it("A refusal is an error with its reason as message, and steps.", () => {
  const refusal = new Refusal("It is wrong.", "Correct it.", "Try again.");
  expect(refusal).toBeInstanceOf(Error);
  expect(refusal).toMatchObject({
    name: "Refusal",
    message: "It is wrong.",
    steps: ["Correct it.", "Try again."],
  });
});
