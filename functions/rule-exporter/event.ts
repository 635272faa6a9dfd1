import * as z from "zod";
import { repositoryName } from "../../shared/setting-formats.ts";
import { problemSchema } from "./problem.ts";
import { ruleEntry } from "./rule-entry.ts";

/** A rule by the path of its folder in the repository. */
const rule = z
  .string()
  .max(4_096)
  .regex(/^(?!.*(^|\/)\.{1,2}(\/|$))[^/]+(\/[^/]+)*$/s, "must be the path of a folder, such as rules/MY_RULE");

const at = {
  repository: repositoryName,
  commitId: z.string().regex(/^[0-9a-f]{40}$/, "must be the whole id of a commit"),
};

/** The result of the step `export` for one rule; a refused rule has no entry. */
const exported = z.object({
  rule,
  entry: ruleEntry.optional(),
  problems: z.array(problemSchema).default([]),
});

export type ExportedRule = z.output<typeof exported>;

const stepEvent = z.discriminatedUnion("step", [
  z.object({ step: z.literal("list"), ...at }),
  z.object({ step: z.literal("export"), ...at, rule }),
  z.object({ step: z.literal("publish"), ...at, entries: z.array(exported) }),
]);

/** One step of an export: what the state machine asks for. */
export type StepEvent = z.output<typeof stepEvent>;

/** @throws Error with all that is wrong, where the event is no step */
export function readStep(event: unknown): StepEvent {
  const parsed = stepEvent.safeParse(event);
  if (!parsed.success)
    throw new Error(`This is not a step of an export: correct the state machine.\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
