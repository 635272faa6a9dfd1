import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { createMask } from "../../shared/masked-text.ts";
import { createRunner, type RunOptions } from "../../shared/run-program.ts";

const folder = tmpdir();
function node(script: string, options: Partial<RunOptions> = {}, args: readonly string[] = []) {
  const lines: string[] = [];
  const mask = createMask();
  mask.add("hunter2");
  const { run } = createRunner({ PATH: process.env.PATH, GIVEN: "given" }, mask, (line) => lines.push(line));
  return { lines, ended: run(process.execPath, ["-e", script, ...args], { folder, ...options }) };
}

it("Lines of a program are shown masked and as plain text, and returned as they are.", async () => {
  const { lines, ended } = node(`console.log("hunter2\\u001b[31m\\tred"); console.error("hunter2 too")`);
  expect(await ended).toEqual({ code: 0, output: "hunter2\u001b[31m\tred", complaint: "hunter2 too" });
  expect(lines.sort()).toEqual(["*** too", "***?[31m  red"]);
});

it("A program gets the environment that it is given and no other, and its arguments without a shell.", async () => {
  const script = "console.log(JSON.stringify([Object.keys(process.env).sort(), process.argv[1]]))";
  const { ended } = node(script, { environment: { MORE: "more" }, hidden: true }, ["$(id); `id` > x"]);
  const [names, argument] = JSON.parse((await ended).output);
  expect(names.filter((name: string) => name !== "__CF_USER_TEXT_ENCODING")).toEqual(["GIVEN", "MORE", "PATH"]);
  expect(argument).toBe("$(id); `id` > x");
});

it("An exit code that is not expected is an error with the program's complaint, masked and in one line.", async () => {
  const script = 'console.error("No\\nhunter2"); process.exit(3)';
  await expect(node(script).ended).rejects.toThrow(/ended with exit code 3\. No \*\*\*$/);
  expect(await node(script, { expected: [0, 3] }).ended).toMatchObject({ code: 3 });
  expect(await node(script, { expected: "any" }).ended).toMatchObject({ code: 3 });
});

it("Output that is taken line by line, or hidden, is not shown.", async () => {
  const taken: string[] = [];
  const { lines, ended } = node('console.log("one\\ntwo")', { onLine: (line) => taken.push(line) });
  await ended;
  const hidden = node('console.log("one")', { hidden: true });
  expect((await hidden.ended).output).toBe("one\n");
  expect([taken, lines, hidden.lines]).toEqual([["one", "two"], [], []]);
});

it("A program that does not exist is an error that names it.", async () => {
  const { run } = createRunner({}, createMask(), () => undefined);
  await expect(run("/no/such/program", [], { folder })).rejects.toThrow("/no/such/program could not be run");
});
