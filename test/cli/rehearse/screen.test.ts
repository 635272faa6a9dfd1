import { expect, it } from "vitest";
import { screen } from "../../../cli/rehearse/screen.ts";
import { busEvent } from "../../../local/runtime/pipeline-events.ts";
import type { Happening } from "../../../local/runtime/rehearsal.ts";

const place = { account: "123456789012", region: "us-east-1" };

/** What the screen shows of happenings, line by line. */
function shown(...happenings: Happening[]): string[] {
  const lines: string[] = [];
  const show = screen((text) => lines.push(...text.split("\n")));
  for (const happening of happenings) show(happening);
  return lines;
}

const action = (state: string, more: object = {}, category = "Build"): Happening => ({
  kind: "event",
  variables: { TAG: "dev_global/research/1.0" },
  event: busEvent(place, {
    source: "aws.codepipeline",
    "detail-type": "CodePipeline Action Execution State Change",
    resources: [],
    detail: {
      "execution-id": "1",
      stage: "Plan",
      action: "Lint",
      state,
      "start-time": new Date().toISOString(),
      type: { category },
      ...more,
    },
  }),
});

it("The screen shows a push, and how each action ended, in at most 100 columns.", () => {
  const push = busEvent(place, {
    source: "aws.codecommit",
    "detail-type": "CodeCommit Repository State Change",
    resources: [],
    detail: { event: "referenceCreated", referenceType: "tag", referenceName: "dev_global/research/1.0" },
  });
  const result = { "external-execution-summary": "word ".repeat(60) };
  const lines = shown(
    { kind: "event", event: push, variables: {} },
    action("STARTED"),
    action("SUCCEEDED"),
    action("FAILED", { "execution-result": result }),
  );
  expect(lines.slice(0, 3)).toEqual([
    "",
    "▸ Ana pushes the tag dev_global/research/1.0",
    expect.stringMatching(/✓ Plan · Lint +0\.0 s {2}dev_global\/research\/1\.0$/),
  ]);
  expect(lines.length).toBeGreaterThan(6);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
});

it("The screen shows the end of the log of a build that failed, and no other log.", () => {
  const text = Array.from({ length: 40 }, (_, index) => `line ${index}\n`).join("");
  const output = { kind: "output", executionId: "1", action: "Lint", text } as const;
  expect(shown(output, action("SUCCEEDED")).join("\n")).not.toContain("line");
  const lines = shown(output, action("FAILED")).join("\n");
  expect(lines).toContain("line 39");
  expect(lines).not.toContain("line 20");
});

it("The screen shows no control characters that come from outside.", () => {
  const lines = shown(action("FAILED", { "execution-result": { "external-execution-summary": "a\u001b[2Jb\u202e" } }));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for.
  expect(lines.join("")).not.toMatch(/[\u0000-\u001f\u202e]/);
});

it("The screen shows what a function made of an event, except that it ignored it.", () => {
  const event = busEvent(place, { source: "a", "detail-type": "b", resources: [], detail: {} });
  const invocation = (result: unknown, error: { name: string; message: string } | null = null): Happening => ({
    kind: "invocation",
    invocation: { functionName: "palisade-pipeline-starter", event, result, error, durationMs: 3 },
  });
  expect(shown(invocation({ outcome: "started" }))).toEqual([
    expect.stringContaining("palisade-pipeline-starter: started"),
  ]);
  expect(shown(invocation({ outcome: "ignored" }))).toEqual([]);
  expect(shown(invocation(null, { name: "Error", message: "broken" }))).toEqual([
    expect.stringContaining("✗ palisade-pipeline-starter: Error: broken"),
  ]);
});
