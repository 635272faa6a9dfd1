import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { readSample } from "../../../local/runtime/sample.ts";

const folder = join(mkdtempSync(join(tmpdir(), "palisade-sample-")), "a-function");
mkdirSync(join(folder, "repositories"), { recursive: true });
afterAll(() => rmSync(join(folder, ".."), { recursive: true }));

const write = (name: string, content: unknown): string => {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
};

describe("a sample file", () => {
  it("A sample may be the bare event, for the function that its folder names.", () => {
    const file = write("bare", { source: "aws.codecommit" });
    expect(readSample(file)).toEqual({
      file,
      functionName: "a-function",
      given: {},
      before: [],
      settings: {},
      event: { source: "aws.codecommit" },
      expect: undefined,
    });
    expect(readSample(file, "other").functionName).toBe("other");
  });

  it.each([
    ["a member besides given, event and expect", { event: 1, detail: 2 }],
    ["no event", { given: {} }],
    ["null", null],
  ])("A sample that has %s is the bare event.", (_what, content) => {
    expect(readSample(write("odd", content)).event).toEqual(content);
  });

  it("A sample gives settings, repositories by a path from its folder, pipelines and executions.", () => {
    const pipelines = [{ name: "a", pipelineType: "V2", executionMode: "QUEUED", sourceActions: [], variables: [] }];
    const executions = [{ pipelineName: "a", pipelineExecutionId: "1", status: "Failed", odd: 1 }];
    const given = { settings: { A: "1" }, repositories: "repositories", pipelines, executions };
    expect(readSample(write("given", { given, event: null, expect: { outcome: "done" } }))).toMatchObject({
      given: {
        repositories: join(folder, "repositories"),
        pipelines,
        executions: [{ ...executions[0], actionExecutions: [] }],
      },
      settings: { A: "1" },
      event: null,
      expect: { outcome: "done" },
    });
  });

  it("A sample lists the samples before it with those before them, oldest first.", () => {
    write("oldest", { a: 1 });
    write("older", { given: { events: ["oldest.json"] }, event: 2 });
    const { before } = readSample(write("newest", { given: { events: ["older.json", "oldest.json"] }, event: 3 }), "f");
    expect(before.map(({ event, functionName }) => [event, functionName])).toEqual([
      [{ a: 1 }, "f"],
      [2, "f"],
      [{ a: 1 }, "f"],
    ]);
  });

  it("A sample has its CloudWatch Logs payload packed, and any other event stays as it is.", () => {
    const payload = { messageType: "DATA_MESSAGE", logEvents: [] };
    const { event } = readSample(write("payload", payload));
    const { data } = (event as { awslogs: { data: string } }).awslogs;
    expect(JSON.parse(gunzipSync(Buffer.from(data, "base64")).toString())).toEqual(payload);
    expect(readSample(write("packed", event)).event).toEqual(event);
  });
});

describe("a wrong sample", () => {
  it.each([
    ["text that is not JSON", "{", "wrong.json is not a sample event: "],
    [
      "an unknown member of given",
      { given: { repository: "a" }, event: 1 },
      'wrong.json: `given` is wrong. Unrecognized key: "repository"',
    ],
    [
      "wrong members of given",
      { given: { events: "a", settings: { A: 1 } }, event: 1 },
      /wrong\.json: `given` is wrong\. events: Invalid input: [^;\n]*; settings: A: Invalid input: [^;\n]*$/,
    ],
    [
      "a folder of repositories that does not exist",
      { given: { repositories: "nowhere" }, event: 1 },
      "wrong.json: there is no folder nowhere, which `given.repositories` names.",
    ],
    [
      "itself among the events before it",
      { given: { events: ["wrong.json"] }, event: 1 },
      "wrong.json happens before itself",
    ],
  ])("A sample with %s is refused by its name.", (_what, content, message) => {
    const file = write("wrong", content);
    expect(() => readSample(file)).toThrow(message);
  });

  it("A sample that does not exist is refused by its name.", () => {
    expect(() => readSample(join(folder, "none.json"))).toThrow(/none\.json is not a sample event: ENOENT/);
  });
});
