import { expect, it } from "vitest";
import { runCommandFile } from "../support/run-command.ts";

it.each([
  [["releases", "--approve"], "There is no story"],
  [["release"], "Nobody is at the terminal to approve: add --approve."],
  [["release", "--approve", "--tag", "a b"], "Write a tag such as"],
  [[], "missing required argument"],
])("The command rehearse refuses %j before it starts anything.", async (args, message) => {
  const { code, stderr } = await runCommandFile("cli/rehearse.ts", args, {});
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});
