import { expect, onTestFinished } from "vitest";
import type { Fault } from "../../local/gateway/faults.ts";
import type { Call } from "../../local/gateway/gateway.ts";

interface Skip {
  /** The number of calls that go well before; 0 by default. */
  skip?: number;
}

interface Often extends Skip {
  /** The number of calls with the fault; 1 by default. */
  times?: number;
}

/**
 * What a test makes happen in its local AWS. What does not happen fails the test that asked for it.
 *
 * @returns `forWorld` for `createWorld`; the rest for tests
 */
export function localFaults() {
  const faults: Fault[] = [];
  const actions: { operation: string; skip: number; act: () => unknown }[] = [];

  const add = (fault: Fault): void => {
    faults.push(fault);
    onTestFinished(() => {
      faults.splice(faults.indexOf(fault), 1);
      expect(fault.remaining, `calls of ${fault.operation} without the fault that the test asked for`).toBe(0);
    });
  };

  return {
    forWorld: {
      faults,
      before: async ({ operation }: Call): Promise<void> => {
        const action = actions.find((candidate) => candidate.operation === operation);
        if (!action) return;
        if (action.skip > 0) {
          action.skip -= 1;
          return;
        }
        actions.splice(actions.indexOf(action), 1);
        await action.act();
      },
    },
    /** Calls of an operation are refused with an error. */
    fail: (service: string, operation: string, errorName: string, { times = 1, skip = 0 }: Often = {}): void =>
      add({ kind: "fail", service, operation, errorName, remaining: times, skip }),
    /** Calls of an operation take effect, and their answers are lost. */
    lose: (service: string, operation: string, { times = 1, skip = 0 }: Often = {}): void =>
      add({ kind: "lose", service, operation, remaining: times, skip }),
    /** The next call of an operation takes no effect, and no answer comes. */
    hang: (service: string, operation: string): void => add({ kind: "hang", service, operation, remaining: 1 }),
    /** Does something once, right before a call of an operation is served. */
    before: (operation: string, act: () => unknown, { skip = 0 }: Skip = {}): void => {
      const action = { operation, skip, act };
      actions.push(action);
      onTestFinished(() => {
        const left = actions.indexOf(action);
        if (left >= 0) actions.splice(left, 1);
        expect(left, `the place of the action that no call of ${operation} came after`).toBe(-1);
      });
    },
  };
}
