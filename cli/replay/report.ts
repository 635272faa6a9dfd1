import { basename } from "node:path";
import * as z from "zod";
import type { Call } from "../../local/gateway/gateway.ts";
import type { Replayed } from "../../local/runtime/replay.ts";
import { labelledLines } from "../../shared/labelled-lines.ts";
import { bodiesOf, boxed, cut, isForMachines, messagesIn, publishedIn, safe, styled } from "../emails.ts";

/** What came of one event, for people: a summary, and everything that operators would have received. */
export function report(replayed: Replayed): string {
  const { result, calls } = replayed;
  return [
    summary(replayed),
    ...calls.flatMap(troublesOf),
    ...startsIn(calls),
    ...writesIn(calls),
    ...dataIn(calls),
    ...messagesIn(calls),
    ...handedOver(result),
  ].join("\n");
}

/** One line for one event, and one more for its error. */
export function summary({ event, function: functionName, result, error, calls, durationMs }: Replayed): string {
  const effort = styled("dim", `${amount(calls.length, "AWS call")}, ${durationMs} ms`);
  const name = `${functionName}  ${styled("bold", safe(basename(event)))}`;
  return error
    ? `${styled("red", "✗ failed")}  ${name}  ${effort}\n  ${styled("red", safe(`${error.name}: ${error.message}`))}`
    : `${styled("green", `✓ ${outcomeOf(result)}`)}  ${name}  ${countsOf(result)}  ${effort}`;
}

/** A call that failed, or that met a fault which the user asked for. */
function troublesOf({ service, operation, error, fault }: Call): string[] {
  const troubles = [...(error ? [safe(error.name)] : []), ...(fault ? [FAULTS[fault]] : [])];
  return troubles.length === 0 ? [] : [styled("yellow", `  ! ${service}.${operation} ${troubles.join(", ")}`)];
}

const FAULTS = {
  fail: "as --fail asked",
  lose: "its answer was lost, as --lose asked",
  "crash-after": "the invocation ended, as --crash-after asked",
  hang: "no answer",
};

/** Whether operators would have received a message. */
export const hasMessage = ({ calls, result }: Replayed): boolean =>
  messagesIn(calls).length + handedOver(result).length > 0;

const amount = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** The last line of a run. */
export function total(replayed: readonly Replayed[]): string {
  const failed = replayed.filter(({ error }) => error !== null).length;
  const messages = replayed.flatMap(({ calls, result }) => [...messagesIn(calls), ...handedOver(result)]).length;
  return styled(
    failed > 0 ? "red" : "green",
    `${amount(replayed.length, "event")}, ${failed} failed, ${amount(messages, "e-mail")} to operators`,
  );
}

/** Shows on a terminal how far a run of many events has come; the next report writes over it. */
export function progress(done: number, of: number): void {
  if (of < 5 || !process.stderr.isTTY) return;
  process.stderr.write(done < of ? `\x1b[2m  ${done} of ${of} events\x1b[0m\r` : "\x1b[K");
}

const outcomeSchema = z.looseObject({ outcome: z.string() });

function outcomeOf(result: unknown): string {
  const { success, data } = outcomeSchema.safeParse(result);
  return success ? safe(data.outcome) : "done";
}

const countsOf = (result: unknown): string =>
  typeof result === "object" && result !== null
    ? Object.entries(result)
        .map(([key, value]) => [key, Array.isArray(value) ? value.length : value] as const)
        .filter(([key, value]) => key !== "outcome" && value !== 0 && typeof value !== "object")
        .map(([key, value]) => `${key} ${safe(String(value))}`)
        .join(", ")
    : "";

const startInput = z.object({
  name: z.string(),
  variables: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
});

/** The pipelines that were started, and with what. */
const startsIn = (calls: readonly Call[]): string[] =>
  calls
    .filter(({ operation, error }) => operation === "StartPipelineExecution" && error === null)
    .flatMap(({ input }) => {
      const { name, variables } = startInput.parse(input);
      const lines = labelledLines(
        variables.map((variable) => [variable.name, safe(variable.value)]),
        "    ",
      );
      return [`  ▶ starts the pipeline ${styled("bold", safe(name))}${lines.length > 0 ? " with" : ""}`, ...lines];
    });

const objectInput = z.object({ Bucket: z.string(), Key: z.string() });
const paths = z.array(z.object({ filePath: z.string() })).default([]);
const commitInput = z.object({
  repositoryName: z.string(),
  branchName: z.string(),
  putFiles: paths,
  deleteFiles: paths,
});
const pullRequestInput = z.object({ title: z.string(), description: z.string() });

/** The files that were written, and the pull requests that were opened. */
const writesIn = (calls: readonly Call[]): string[] =>
  calls
    .filter(({ error }) => error === null)
    .flatMap(({ operation, input }) => {
      if (operation === "PutObject") {
        const { Bucket, Key } = objectInput.parse(input);
        return [`  ▶ puts ${styled("bold", safe(Key))} into the bucket ${safe(Bucket)}`];
      }
      if (operation === "CreateCommit") {
        const { repositoryName, branchName, putFiles, deleteFiles } = commitInput.parse(input);
        return [
          `  ▶ commits to ${styled("bold", safe(branchName))} of ${safe(repositoryName)}`,
          ...putFiles.map(({ filePath }) => `    + ${safe(filePath)}`),
          ...deleteFiles.map(({ filePath }) => `    - ${safe(filePath)}`),
        ];
      }
      if (operation !== "CreatePullRequest") return [];
      const { title, description } = pullRequestInput.parse(input);
      return ["  ▶ opens the pull request", boxed([title], cut(description.split("\n")))];
    });

/** The messages that no person reads, a line for each. */
const dataIn = (calls: readonly Call[]): string[] =>
  publishedIn(calls)
    .filter(isForMachines)
    .map(({ Subject }) => `  ▶ sends data: ${safe(Subject)}`);

const resultMessage = z.object({ message: z.object({ Subject: z.string(), Message: z.string() }) });

/** The message that a function hands to a state machine. */
function handedOver(result: unknown): string[] {
  const { success, data } = resultMessage.safeParse(result);
  if (!success) return [];
  const { Subject, Message } = data.message;
  const { email, default: fallback } = bodiesOf(Message);
  return [`  ▶ has the state machine send\n${boxed([`Subject: ${Subject}`], cut((email ?? fallback).split("\n")))}`];
}
