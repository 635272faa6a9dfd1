import { closestMatch } from "leven";
import type { Service } from "./service.ts";

/** A fault of the next `remaining` calls of an operation. Capital and small letters are the same in both names. */
export type Fault = {
  service: string;
  operation: string;
  remaining: number;
  /** The number of calls that go well before the first fault. */
  skip?: number;
} & (
  | {
      /** The call is refused with this error. */
      kind: "fail";
      errorName: string;
    }
  | {
      /**
       * `lose`: the call takes effect, and the connection is cut before the answer. `crash-after`: the call takes effect,
       * and the invocation ends. `hang`: the call takes no effect, and no answer ever comes.
       */
      kind: "lose" | "crash-after" | "hang";
    }
);

/** The fault that a call meets, if any. It counts as happened. */
export function takeFault(faults: readonly Fault[], service: string, operation: string): Fault | undefined {
  const fault = faults.find(
    (candidate) => candidate.remaining > 0 && same(candidate.service, service) && same(candidate.operation, operation),
  );
  if (fault?.skip) {
    fault.skip -= 1;
    return undefined;
  }
  if (fault) fault.remaining -= 1;
  return fault;
}

/** @throws Error for a fault of a service or an operation that the local AWS does not have, with the nearest name */
export function refuseUnknownFaults(faults: readonly Fault[], services: readonly Service[]): void {
  for (const fault of faults) {
    const service = services.find(({ name }) => same(name, fault.service));
    if (!service)
      throw new Error(
        `The local AWS has no service ${fault.service}. ${suggestion(
          fault.service,
          services.map(({ name }) => name),
        )}`,
      );
    const operations = Object.keys(service.operations);
    if (!operations.some((operation) => same(operation, fault.operation)))
      throw new Error(
        `The local AWS has no operation ${fault.operation} of ${service.name}. ${suggestion(fault.operation, operations)}`,
      );
  }
}

function suggestion(unknown: string, known: readonly string[]): string {
  const nearest = closestMatch(
    unknown.toLowerCase(),
    known.map((name) => name.toLowerCase()),
    { maxDistance: Math.ceil(unknown.length / 2) },
  );
  const name = known.find((candidate) => candidate.toLowerCase() === nearest);
  return `${name === undefined ? "" : `Did you mean ${name}? `}It has ${known.join(", ")}.`;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
