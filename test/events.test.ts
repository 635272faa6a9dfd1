import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import guardrailMergerPattern from "../functions/guardrail-merger/event-pattern.json" with { type: "json" };
import forceMergePattern from "../functions/guardrail-merger/force-merge-pattern.json" with { type: "json" };
import pipelineStarterPattern from "../functions/pipeline-starter/event-pattern.json" with { type: "json" };
import { type Replayed, replay } from "../local/runtime/replay.ts";
import { readSample, type Sample } from "../local/runtime/sample.ts";
import { sentMessages } from "./support/sns-messages.ts";

// Every sample runs through the built bundle of its function, in a world of its own.

const EVENTS = join(import.meta.dirname, "..", "events");

const samplesOf = (functionName: string): Sample[] =>
  readdirSync(join(EVENTS, functionName)).map((name) => readSample(join(EVENTS, functionName, name)));

const replays = new Map<string, Promise<Replayed>>();

/** Replays a sample, once for all tests. */
function replayOne(sample: Sample): Promise<Replayed> {
  const replayed =
    replays.get(sample.file) ??
    Array.fromAsync(replay([sample])).then(([only]) => {
      if (!only) throw new Error(`${sample.file} was not replayed`);
      return only;
    });
  replays.set(sample.file, replayed);
  return replayed;
}

describe.each(readdirSync(EVENTS))("%s", (functionName) => {
  it.each(samplesOf(functionName).map((sample) => [basename(sample.file, ".json"), sample] as const))(
    "%s",
    async (name, sample) => {
      const { result, error } = await replayOne(sample);
      expect(error).toBeNull();
      expect(result).toEqual(sample.expect);
      const { outcome } = sample.expect as { outcome: string };
      expect(name.startsWith(`${outcome.replaceAll(" ", "-")}-`)).toBe(true);
    },
  );
});

it.each([
  ["sni-collector", ["announced", "nothing new", "control message", "flushed"]],
  ["pipeline-starter", ["started", "already started", "refused", "ignored"]],
  [
    "guardrail-merger",
    ["merged", "already active", "diverged", "conflict", "not compliant", "forced", "refused", "ignored"],
  ],
  ["rule-exporter", ["listed", "exported", "refused", "published", "unchanged"]],
])("the samples of %s show each outcome that they can have", (functionName, outcomes) => {
  const shown = samplesOf(functionName).map(({ expect: expected }) => (expected as { outcome: string }).outcome);
  expect(shown.length).toBeGreaterThanOrEqual(25);
  expect(new Set(shown)).toEqual(new Set(outcomes));
});

describe("the samples of pipeline-starter", () => {
  const samples = samplesOf("pipeline-starter");

  it("need at most two calls besides those of idempotency and the message", async () => {
    for (const sample of samples) {
      const { calls } = await replayOne(sample);
      const others = calls.filter(({ service }) => service !== "DynamoDB" && service !== "SNS");
      expect(others.length).toBeLessThanOrEqual(2);
    }
  });

  it("reach the function by its event pattern, unless they are none of its business", () => {
    for (const { event, expect: expected } of samples) {
      const { outcome, tag } = expected as { outcome: string; tag: string | null };
      if (outcome !== "ignored") expect(matches(pipelineStarterPattern, event)).toBe(true);
      if (tag === null) expect(matches(pipelineStarterPattern, event)).toBe(false);
    }
  });
});

describe("the samples of guardrail-merger", () => {
  const samples = samplesOf("guardrail-merger");

  it("that are a plain fast-forward need three calls before those for the message", async () => {
    const plain = samples.filter(({ file }) => basename(file).startsWith("merged-") && !file.includes("three-way"));
    expect(plain.length).toBeGreaterThan(3);
    for (const sample of plain) {
      const { calls } = await replayOne(sample);
      const operations = calls.map(({ operation }) => operation);
      expect(operations.slice(0, 3)).toEqual(["GetPipelineExecution", "GetMergeOptions", "MergeBranchesByFastForward"]);
      expect(new Set(operations.slice(3))).toEqual(new Set(["GetCommit", "GetDifferences", "Publish"]));
    }
  });

  it("reach the function by one of its event patterns, or are ignored", () => {
    for (const { event, expect: expected } of samples) {
      const { outcome } = expected as { outcome: string };
      const matching = [guardrailMergerPattern, forceMergePattern].filter((pattern) => matches(pattern, event));
      if (outcome !== "ignored") expect(matching).toHaveLength(1);
    }
  });
});

it.each(["pipeline-starter", "guardrail-merger"])(
  "the hostile samples of %s leave no control character in a message, a log line or the result, and no link in an e-mail",
  async (functionName) => {
    const hostile = samplesOf(functionName).filter(({ file }) => file.includes("hostile"));
    expect(hostile.length).toBeGreaterThan(2);
    for (const sample of hostile) {
      const { calls, log, result } = await replayOne(sample);
      expect(log).toMatch(/^(\{\P{C}*\}\n)+$/u);
      expect(log).toContain('"message":"event handled"');
      const said = calls.filter(({ service }) => service === "SNS").map(({ input }) => input);
      expect(JSON.stringify([said, result])).not.toMatch(/\\+u00|\\+[rtf]|\p{C}/u);
      for (const { email } of sentMessages(calls)) {
        expect(email).not.toContain("evil.example");
        expect(email).not.toMatch(/^(Bcc|Signed-off-by|WHAT TO DO NEXT\?)/m);
      }
    }
  },
);

it("the hostile samples of rule-exporter leave no control character and no link in what people read, and no expression", async () => {
  const hostile = samplesOf("rule-exporter").filter(({ file }) => file.includes("hostile"));
  expect(hostile.length).toBeGreaterThan(2);
  for (const sample of hostile) {
    const { calls, log, result } = await replayOne(sample);
    expect(log).toMatch(/^(\{\P{C}*\}\n)+$/u);
    const { message } = result as { message?: unknown };
    const requests = calls
      .filter(({ operation }) => operation === "CreatePullRequest")
      .map(({ input }) => input as { title: string; description: string });
    const said = JSON.stringify([message, requests.map(({ title }) => title)]);
    expect(said).not.toMatch(/\\+u00|\\+[rt]|evil\.example|\p{C}/u);
    for (const { description } of requests) {
      expect(description).not.toMatch(/evil\.example|[^\P{C}\n]/u);
      // Whatever is from outside is indented, so that Markdown takes it for text.
      for (const line of description.split("\n").slice(1)) expect(line).toMatch(/^($|### [A-Z]+$| {4})/);
    }
    const committed = calls
      .filter(({ operation }) => operation === "CreateCommit")
      .flatMap(({ input }) => (input as { putFiles: { filePath: string; fileContent: string }[] }).putFiles);
    for (const { fileContent } of committed.filter(({ filePath }) => filePath.endsWith(".tf")))
      expect(Buffer.from(fileContent, "base64").toString()).not.toContain("/etc/passwd");
  }
});

/** Patterns of exact values only: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
function matches(pattern: object, event: unknown): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    const value: unknown = Object(event)[name];
    return Array.isArray(wanted) ? wanted.includes(value) : matches(wanted, value);
  });
}

it("no sample of sni-collector puts raw hostile text into a call, a log line or the result", async () => {
  for (const sample of samplesOf("sni-collector").filter(({ file }) => file.includes("hostile"))) {
    const { calls, log, result } = await replayOne(sample);
    const written = JSON.stringify([calls, result]) + log;
    for (const fragment of [
      "Bcc",
      "jndi",
      "script",
      "<b",
      "<i",
      "<s",
      "attacker",
      "\u202e",
      "\\u202e",
      "\u001b",
      "\\u001b",
      "aaaaaaaa",
      "4711",
    ])
      expect(written).not.toContain(fragment);
  }
});
