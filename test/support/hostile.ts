import { expect } from "vitest";
import type { ReplayedSample } from "./samples.ts";
import { messagesIn } from "./sns-messages.ts";

/** Expects that hostile samples leave no control character in a message, a log line or the result, and no link in an e-mail. */
export function expectHarmless(hostile: readonly ReplayedSample[]): void {
  expect(hostile.length).toBeGreaterThan(2);
  for (const { replayed } of hostile) {
    const { calls, log, result } = replayed;
    expect(log).toMatch(/^(\{\P{C}*\}\n)+$/u);
    expect(log).toContain('"message":"event handled"');
    const said = calls.filter(({ service }) => service === "SNS").map(({ input }) => input);
    expect(JSON.stringify([said, result])).not.toMatch(/\\+u00|\\+[rtf]|\p{C}/u);
    for (const { email } of messagesIn(calls)) {
      expect(email).not.toContain("evil.example");
      expect(email).not.toMatch(/^(Bcc|Signed-off-by|WHAT TO DO NEXT\?)/m);
    }
  }
}
