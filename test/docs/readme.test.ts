import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { replay } from "../../local/runtime/replay.ts";
import { readSample } from "../../local/runtime/sample.ts";
import { summariesIn } from "../support/sni-collector.ts";

const readme = readFileSync("README.md", "utf8");

it("README.md shows the e-mail that replay shows first.", async () => {
  const sample = readSample("events/sni-collector/announced-blog-blocked-and-allowed.json");
  const [replayed] = await Array.fromAsync(replay([sample]));
  const [message] = summariesIn(replayed?.calls ?? []);
  expect(readme).toContain(`\`\`\`text\nSubject: ${message?.subject}\n\n${message?.email}\n\`\`\`\n`);
});

it("README.md has at most 150 lines.", () => {
  expect(readme.split("\n").length).toBeLessThanOrEqual(151);
});
