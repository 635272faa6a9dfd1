import { eventPattern } from "../services/eventbridge/pattern.ts";
import type { DeployedFunction, Deployment } from "./deployment.ts";
import type { Lambda } from "./lambda.ts";
import type { BusEvent } from "./pipeline-events.ts";

/** A function that an event has woken. */
export interface Invocation {
  functionName: string;
  event: BusEvent;
  result: unknown;
  error: { name: string; message: string } | null;
  durationMs: number;
}

/** An asynchronous event is tried this often: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const MOST_ATTEMPTS = 3;

/**
 * The default bus: hands events to the functions whose rules match.
 *
 * @param invoked gets each attempt
 * @throws Error for a pattern that AWS refuses, and for a target that is no function of the root
 */
export function bus(
  { rules, targets, functions }: Pick<Deployment, "rules" | "targets" | "functions">,
  lambdaOf: (deployed: DeployedFunction) => Promise<Lambda>,
  invoked: (invocation: Invocation) => void,
) {
  const routes = rules
    .filter(({ event_pattern, state }) => event_pattern !== undefined && state !== "DISABLED")
    .flatMap(({ name, event_pattern = "" }) => {
      const matches = eventPattern(event_pattern);
      return targets
        .filter(({ rule }) => rule === name)
        .map(({ arn }) => {
          const deployed = functions.find((one) => one.arn === arn);
          if (!deployed) throw new Error(`The rule ${name} has the target ${arn}, which is no function of the root.`);
          return { matches, deployed };
        });
    });
  /** A container takes one event at a time: the last event of each function. */
  const turns = new Map<string, Promise<void>>();

  async function attempt(deployed: DeployedFunction, event: BusEvent): Promise<void> {
    for (let attempts = 1; attempts <= MOST_ATTEMPTS; attempts += 1) {
      const start = performance.now();
      const { result, error } = await (await lambdaOf(deployed)).invoke(event);
      const durationMs = Math.round(performance.now() - start);
      invoked({ functionName: deployed.function_name, event, result, error, durationMs });
      if (!error) return;
    }
  }

  return {
    emit: (event: BusEvent): void => {
      for (const { deployed } of routes.filter(({ matches }) => matches(event))) {
        const { function_name } = deployed;
        const turn = (turns.get(function_name) ?? Promise.resolve()).then(() => attempt(deployed, event));
        turns.set(function_name, turn);
      }
    },
    /** Waits until every function has taken what it was handed. */
    idle: async (): Promise<void> => {
      let seen: Promise<void>[];
      do {
        seen = [...turns.values()];
        await Promise.all(seen);
      } while ([...turns.values()].some((turn) => !seen.includes(turn)));
    },
  };
}
