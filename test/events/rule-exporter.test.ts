import { expect, it } from "vitest";
import { testSamples } from "../support/samples.ts";

const replayed = testSamples("rule-exporter", ["listed", "exported", "refused", "published", "unchanged"]);

it("The hostile samples of rule-exporter leave no control character, link or expression in what people and Terraform read.", async () => {
  const hostile = await replayed(/hostile/);
  expect(hostile.length).toBeGreaterThan(2);
  for (const { replayed: one } of hostile) {
    const { calls, log, result } = one;
    expect(log).toMatch(/^(\{\P{C}*\}\n)+$/u);
    const { message } = result as { message?: unknown };
    const requests = calls
      .filter(({ operation }) => operation === "CreatePullRequest")
      .map(({ input }) => input as { title: string; description: string });
    const said = JSON.stringify([message, requests.map(({ title }) => title)]);
    expect(said).not.toMatch(/\\+u00|\\+[rt]|evil\.example|\p{C}/u);
    for (const { description } of requests) {
      expect(description).not.toMatch(/evil\.example|[^\P{C}\n]/u);
      // Text from outside is indented, so that Markdown takes it for text.
      for (const line of description.split("\n").slice(1)) expect(line).toMatch(/^($|### [A-Z]+$| {4})/);
    }
    const committed = calls
      .filter(({ operation }) => operation === "CreateCommit")
      .flatMap(({ input }) => (input as { putFiles: { filePath: string; fileContent: string }[] }).putFiles);
    for (const { fileContent } of committed.filter(({ filePath }) => filePath.endsWith(".tf")))
      expect(Buffer.from(fileContent, "base64").toString()).not.toContain("/etc/passwd");
  }
});
