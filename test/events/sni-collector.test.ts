import { expect, it } from "vitest";
import { testSamples } from "../support/samples.ts";

const replayed = testSamples("sni-collector", ["announced", "nothing new", "control message", "flushed"]);

const FRAGMENTS = [
  ...["Bcc", "jndi", "script", "<b", "<i", "<s", "attacker", "\u202e", "\\u202e", "\u001b", "\\u001b"],
  ...["aaaaaaaa", "4711"],
];

it("No hostile sample of sni-collector puts its raw text into a call, a log line or the result.", async () => {
  const hostile = await replayed(/hostile/);
  expect(hostile.length).toBeGreaterThan(0);
  for (const { replayed: one } of hostile) {
    const written = JSON.stringify([one.calls, one.result]) + one.log;
    for (const fragment of FRAGMENTS) expect(written).not.toContain(fragment);
  }
});
