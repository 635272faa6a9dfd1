import { readdirSync } from "node:fs";
import { join } from "node:path";
import { replay } from "../../../local/runtime/replay.ts";
import { readSample } from "../../../local/runtime/sample.ts";

const EVENTS = join(import.meta.dirname, "..", "..", "..", "events");

/** The IAM actions that a function needs for its samples, in order. */
export async function actionsOfSamples(functionName: string): Promise<string[]> {
  const actions = new Set<string>();
  for (const file of readdirSync(join(EVENTS, functionName)))
    for await (const { calls } of replay([readSample(join(EVENTS, functionName, file))]))
      for (const call of calls) for (const action of actionsOf(call)) actions.add(action);
  return [...actions].sort();
}

/**
 * The IAM actions that a call needs. A transaction needs the actions of its parts.
 * The IAM prefix of each service that the samples call is its name in small letters.
 */
function actionsOf({ service, operation, input }: { service: string; operation: string; input: unknown }): string[] {
  const prefix = service.toLowerCase();
  if (operation !== "TransactWriteItems") return [`${prefix}:${operation}`];
  const { TransactItems } = input as { TransactItems: Record<string, unknown>[] };
  return TransactItems.flatMap((item) => Object.keys(item)).map((part) => `${prefix}:${part}Item`);
}
