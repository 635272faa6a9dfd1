import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "palisade-model-"));
afterAll(() => rmSync(folder, { recursive: true }));

const MODEL = {
  operations: { Send: { input: { shape: "SendRequest" } }, Ping: {} },
  shapes: {
    SendRequest: {
      type: "structure",
      required: ["to"],
      members: { to: { shape: "Name", documentation: "who" }, tree: { shape: "Tree" }, tags: { shape: "Tags" } },
    },
    Name: { type: "string", min: 1, max: 9, pattern: "[a-z]+", sensitive: true },
    Tree: { type: "structure", members: { children: { shape: "Trees" } } },
    Trees: { type: "list", member: { shape: "Tree" } },
    Tags: { type: "map", key: { shape: "Name" }, value: { shape: "Name" }, max: 3 },
  },
};
const name = { type: "string", min: 1, max: 9, pattern: "[a-z]+" };

it.each([
  ["service-2.json", (text: string) => text],
  ["service-2.json.gz", (text: string) => gzipSync(text)],
])("The service model of %s of botocore has each shape whole, but for one that contains itself.", (file, pack) => {
  writeFileSync(join(folder, file), pack(JSON.stringify(MODEL)));
  const printed = execFileSync(process.execPath, ["scripts/service-model.ts", join(folder, file), "Send", "Ping"]);
  expect(JSON.parse(printed.toString())).toEqual({
    operations: {
      Send: {
        input: {
          type: "structure",
          required: ["to"],
          members: { to: name, tree: { type: "structure" }, tags: { type: "map", key: name, value: name, max: 3 } },
        },
      },
      Ping: { input: { type: "structure", members: {} } },
    },
  });
});
