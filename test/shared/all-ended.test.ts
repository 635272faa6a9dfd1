import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { allEnded } from "../../shared/all-ended.ts";

it("All values come back in the order given.", async () => {
  expect(await allEnded([setTimeout(5, "slow"), Promise.resolve(1)])).toEqual(["slow", 1]);
});

it("An error is thrown only when the others have ended: a Terraform that is left behind would hold the lock of the state.", async () => {
  let ended = false;
  const slow = setTimeout(20).then(() => {
    ended = true;
  });
  await expect(allEnded([Promise.reject(new Error("first")), slow])).rejects.toThrow("first");
  expect(ended).toBe(true);
});

it("Where two fail, the error is the first in the order given, and the other one is no crash.", async () => {
  const late = setTimeout(5).then(() => {
    throw new Error("given first");
  });
  await expect(allEnded([late, Promise.reject(new Error("failed first"))])).rejects.toThrow("given first");
});
