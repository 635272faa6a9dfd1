import { replayedSamples } from "./replayed-samples.ts";

/** The IAM actions that a function needs for its samples, in order. */
export async function actionsOfSamples(functionName: string): Promise<string[]> {
  const calls = (await replayedSamples(functionName)).flatMap((replayed) => replayed.calls);
  return [...new Set(calls.flatMap(actionsOf))].sort();
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
