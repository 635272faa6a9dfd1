import * as z from "zod";
import type { BusEvent } from "../../local/runtime/pipeline-events.ts";
import type { Happening } from "../../local/runtime/rehearsal.ts";
import { messagesIn, safe, styled, wrapped } from "../emails.ts";

const actionDetail = z.object({
  "execution-id": z.string(),
  stage: z.string(),
  action: z.string(),
  state: z.string(),
  "start-time": z.string(),
  type: z.object({ category: z.string() }),
  "execution-result": z.object({ "external-execution-summary": z.string().default("") }).default({
    "external-execution-summary": "",
  }),
});
const pipelineDetail = z.object({ pipeline: z.string(), state: z.string(), "start-time": z.string() });
const pushDetail = z.object({ event: z.string(), referenceType: z.string(), referenceName: z.string() });
const outcome = z.object({ outcome: z.string() });

const MARKS: Readonly<Record<string, string>> = {
  SUCCEEDED: styled("green", "✓"),
  FAILED: styled("red", "✗"),
  STOPPED: styled("yellow", "■"),
  ABANDONED: styled("yellow", "■"),
};

/** How many lines of a build that failed are shown. */
const LAST_LINES = 15;

/** Seconds with one decimal, right-aligned. */
const seconds = (from: string): string => styled("dim", `${((Date.now() - Date.parse(from)) / 1_000).toFixed(1)} s`);

/**
 * What a rehearsal shows of what happens, a few lines for each happening.
 *
 * @param print gets whole lines
 */
export function screen(print: (text: string) => void): (happening: Happening) => void {
  const logs = new Map<string, string>();

  function showEvent({ source, "detail-type": type, detail }: BusEvent, tag: string): void {
    if (source === "aws.codecommit") {
      const { event, referenceType, referenceName } = pushDetail.parse(detail);
      const what = event === "referenceDeleted" ? "removes" : "pushes";
      print(`\n${styled("bold", `▸ Ana ${what} the ${referenceType} ${safe(referenceName)}`)}`);
    } else if (type.startsWith("CodePipeline Pipeline")) {
      const { pipeline, state, "start-time": start } = pipelineDetail.parse(detail);
      print(
        state === "STARTED"
          ? `  ▶ the pipeline ${styled("bold", safe(pipeline))} starts for ${tag}`
          : `  ${MARKS[state] ?? "·"} the pipeline ${styled("bold", safe(pipeline))}: ${state} for ${tag}  ${seconds(start)}`,
      );
    } else if (type.startsWith("CodePipeline Action")) showAction(actionDetail.parse(detail), tag);
  }

  function showAction(detail: z.output<typeof actionDetail>, tag: string): void {
    const { stage, action, state, type } = detail;
    const name = safe(stage === action ? action : `${stage} · ${action}`).padEnd(20);
    if (state === "STARTED") {
      if (type.category === "Approval")
        print(`    ${styled("yellow", "?")} ${name} ${" ".repeat(8)}  ${tag} waits for a decision`);
      return;
    }
    const summary =
      type.category === "Build" && state === "SUCCEEDED"
        ? ""
        : safe(detail["execution-result"]["external-execution-summary"]);
    // Releases run at once, so each line says whose it is.
    const [first = "", ...more] = wrapped(`${tag}${summary && ": "}${summary}`, 60);
    print(`    ${MARKS[state] ?? "·"} ${name} ${seconds(detail["start-time"]).padStart(8)}  ${first}`);
    for (const line of more) print(`${" ".repeat(28)}${line}`);
    if (state !== "FAILED") return;
    const log = (logs.get(`${detail["execution-id"]} ${action}`) ?? "").trimEnd().split("\n").slice(-LAST_LINES);
    for (const line of log.filter((text) => text !== "")) print(styled("dim", `      ${safe(line)}`));
  }

  return (happening) => {
    switch (happening.kind) {
      case "event":
        showEvent(happening.event, safe(happening.variables.TAG ?? ""));
        break;
      case "invocation": {
        const { functionName, result, error, durationMs } = happening.invocation;
        const said = error
          ? styled("red", safe(`${error.name}: ${error.message}`))
          : (outcome.safeParse(result).data?.outcome ?? "done");
        // Most events of a pipeline have nothing for a function.
        if (error || said !== "ignored")
          print(
            `  ${error ? MARKS.FAILED : styled("dim", "λ")} ${safe(functionName)}: ${safe(said)}  ${styled("dim", `${durationMs} ms`)}`,
          );
        break;
      }
      case "call":
        for (const message of messagesIn([happening.call])) print(message);
        break;
      case "output": {
        const key = `${happening.executionId} ${happening.action}`;
        logs.set(key, ((logs.get(key) ?? "") + happening.text).slice(-20_000));
      }
    }
  };
}
