import { Command, InvalidArgumentError } from "commander";
import { runCommand } from "./command.ts";
import { sendRequest, statedReason } from "./request.ts";

interface Options {
  commit: string;
  reason: string;
  repository: string;
  eventBus: string;
}

const command = new Command("force-merge")
  .description(
    "Asks guardrail-merger to merge a commit that did not pass the pipeline, or that has diverged. IAM decides who may ask.",
  )
  .requiredOption("--commit <ID>", "the whole id of a commit on the source branch", wholeId)
  .requiredOption("--reason <TEXT>", "why; the merge commit and the e-mail quote it", statedReason)
  .option("--repository <NAME>", "the guardrail repository", "guardrails")
  .option("--event-bus <NAME>", "the event bus that wakes guardrail-merger", "default");

await runCommand(command, forceMerge, 1);

async function forceMerge(
  _args: readonly string[],
  { commit, reason, repository, eventBus }: Options,
): Promise<number> {
  await sendRequest({
    eventBus,
    detailType: "Guardrail Force Merge Requested",
    detail: { repository, commitId: commit, reason },
    topic: "guardrail",
    facts: [["commit", commit]],
  });
  return 0;
}

function wholeId(text: string): string {
  if (!/^[0-9a-f]{40}$/.test(text)) throw new InvalidArgumentError("Write the whole id: 40 characters of 0-9 and a-f.");
  return text;
}
