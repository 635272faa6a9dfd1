import { InvalidArgumentError } from "commander";
import type { Fault } from "../../local/gateway/faults.ts";

/** A fault as the user wrote it. */
export interface AskedFault {
  option: string;
  times: number;
  fault: Fault;
}

/** Reads `SERVICE.OPERATION=ERROR[:N]`, for commander. */
export function addFail(text: string, before: readonly AskedFault[] = []): AskedFault[] {
  const [, service, operation, errorName, times = "1"] = /^(\w+)\.(\w+)=([\w.]+)(?::(\d+))?$/.exec(text) ?? [];
  if (!service || !operation || !errorName || Number(times) < 1)
    throw new InvalidArgumentError("Write SERVICE.OPERATION=ERROR or SERVICE.OPERATION=ERROR:N.");
  const fault: Fault = { kind: "fail", service, operation, errorName, remaining: Number(times) };
  return [...before, { option: `--fail ${text}`, times: fault.remaining, fault }];
}

/** Makes the function that reads `SERVICE.OPERATION[:N]`, for commander. */
export const addAfter =
  (kind: "lose" | "crash-after") =>
  (text: string, before: readonly AskedFault[] = []): AskedFault[] => {
    const [, service, operation, times = "1"] = /^(\w+)\.(\w+)(?::(\d+))?$/.exec(text) ?? [];
    if (!service || !operation || Number(times) < 1)
      throw new InvalidArgumentError("Write SERVICE.OPERATION or SERVICE.OPERATION:N.");
    const fault: Fault = { kind, service, operation, remaining: Number(times) };
    return [...before, { option: `--${kind} ${text}`, times: fault.remaining, fault }];
  };

/** A sentence for each fault that did not happen as often as the user asked for. */
export const missedFaults = (asked: readonly AskedFault[]): string[] =>
  asked
    .filter(({ fault }) => fault.remaining > 0)
    .map(({ option, times, fault }) =>
      fault.remaining === times
        ? `${option} never happened: no event made such a call.`
        : `${option} happened ${times - fault.remaining} of ${times} times: the events made no more such calls.`,
    );
