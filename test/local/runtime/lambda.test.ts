import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { lambda } from "../../../local/runtime/lambda.ts";

const folder = mkdtempSync(join(tmpdir(), "palisade-lambda-"));
afterAll(() => rmSync(folder, { recursive: true }));

let bundles = 0;
function functionOf(code: string, timeout = 5_000) {
  bundles += 1;
  const bundle = join(folder, `${bundles}.mjs`);
  writeFileSync(bundle, code);
  return lambda({ bundle, functionName: "a-function", environment: { SETTING: "given" }, timeout });
}

it.concurrent("The Lambda runtime shows a function its own environment only, and keeps it warm between invocations.", async () => {
  process.env.NOT_GIVEN = "secret";
  const { invoke, close } = functionOf(
    "let n = 0; export const handler = async () => ({ n: ++n, setting: process.env.SETTING, other: process.env.NOT_GIVEN });",
  );
  expect(await invoke({})).toEqual({ result: { n: 1, setting: "given" }, error: null });
  expect(await invoke({})).toEqual({ result: { n: 2, setting: "given" }, error: null });
  await close();
});

it.concurrent("The Lambda runtime has the whole log of an invocation when the invocation ends.", async () => {
  const { invoke, takeLog, close } = functionOf("export const handler = async () => { console.log('a line'); };");
  await invoke({});
  expect(takeLog()).toBe("a line\n");
  await close();
});

it.concurrent.each<[string, string, { name: string; message: string }, number?]>([
  [
    "throws",
    "export const handler = async () => { throw new TypeError('no'); };",
    { name: "TypeError", message: "no" },
  ],
  ["does not load", "throw new Error('bad settings');", { name: "Error", message: "bad settings" }],
  [
    "ends its process",
    "export const handler = async () => process.exit(3);",
    { name: "Runtime.ExitError", message: "The function ended its process without an answer." },
  ],
  [
    "does not answer in time",
    "export const handler = () => new Promise(() => setInterval(() => 0, 1000));",
    { name: "Sandbox.Timedout", message: "Task timed out after 0.5 seconds" },
    500,
  ],
])(
  "The Lambda runtime gives an error for the result of a function that %s.",
  async (_what, code, error, timeout = 5_000) => {
    const { invoke, close } = functionOf(code, timeout);
    expect(await invoke({})).toEqual({ result: null, error });
    await close();
  },
);

it.concurrent("The Lambda runtime gives the invocation after a timeout a new container.", async () => {
  const { invoke, close } = functionOf(
    "let n = 0; export const handler = async ({ hang }) => (n++, hang ? new Promise(() => setInterval(() => 0, 1000)) : n);",
    // Longer than a container takes to start.
    3_000,
  );
  expect(await invoke({})).toMatchObject({ result: 1 });
  expect(await invoke({ hang: true })).toMatchObject({ error: { name: "Sandbox.Timedout" } });
  expect(await invoke({})).toMatchObject({ result: 1 });
  await close();
});

it.concurrent("The Lambda runtime fails an invocation that is ended in the middle, and gives the next one a new container.", async () => {
  const { invoke, crash, close } = functionOf(
    "let n = 0; export const handler = async ({ hang }) => (n++, hang ? new Promise(() => setInterval(() => 0, 1000)) : n);",
  );
  expect(await invoke({})).toMatchObject({ result: 1 });
  const hanging = invoke({ hang: true });
  await crash();
  expect(await hanging).toMatchObject({ result: null, error: { name: "Runtime.ExitError" } });
  expect(await invoke({})).toMatchObject({ result: 1 });
  await close();
});
