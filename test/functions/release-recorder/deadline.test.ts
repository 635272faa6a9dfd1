import { expect, it } from "vitest";
import { endsSoon, expiryOf } from "../../../functions/release-recorder/deadline.ts";

const START = "2026-11-24T10:00:00Z";

it.each([
  [2, "2026-11-25T21:59:59Z", false],
  [2, "2026-11-25T22:00:00Z", true],
  [2, "2026-11-26T09:59:59Z", true],
  [2, "2026-11-26T10:00:00Z", false],
  [40, "2027-01-02T09:59:59Z", false],
  [40, "2027-01-02T10:00:00Z", true],
])(
  "An approval of %d days ends soon at %s: %s. People hear of it in its last quarter, a day before at the earliest.",
  (days, now, soon) => {
    expect(endsSoon(START, days, now)).toBe(soon);
  },
);

it("An approval ends so many days after its start.", () => {
  expect(expiryOf(START, 1.5)).toBe("2026-11-25T22:00:00.000Z");
});
