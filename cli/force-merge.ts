import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { Command, InvalidArgumentError } from "commander";
import { clientConfiguration } from "../shared/aws-client.ts";
import { labelledLines } from "../shared/labelled-lines.ts";
import { isBlank } from "../shared/plain-text.ts";
import { runCommand } from "./command.ts";

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
  .requiredOption("--reason <TEXT>", "why; the merge commit and the e-mail quote it", notEmpty)
  .option("--repository <NAME>", "the guardrail repository", "guardrails")
  .option("--event-bus <NAME>", "the event bus that wakes guardrail-merger", "default");

await runCommand(command, forceMerge, 1);

async function forceMerge(
  _args: readonly string[],
  { commit, reason, repository, eventBus }: Options,
): Promise<number> {
  const { Arn: requestedBy = "" } = await new STSClient(clientConfiguration()).send(new GetCallerIdentityCommand());
  const { Entries = [] } = await new EventBridgeClient(clientConfiguration()).send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: eventBus,
          Source: "palisade",
          DetailType: "Guardrail Force Merge Requested",
          Detail: JSON.stringify({ repository, commitId: commit, reason, requestedBy }),
        },
      ],
    }),
  );
  // PutEvents succeeds even where it took no event.
  const [{ EventId, ErrorCode, ErrorMessage } = {}] = Entries;
  if (EventId === undefined) throw new Error(`EventBridge did not take the request: ${ErrorCode} ${ErrorMessage}`);
  console.log(
    [
      "EventBridge took the request. The guardrail topic will e-mail the result.",
      ...labelledLines(
        [
          ["commit", commit],
          ["requested by", requestedBy],
          ["event", EventId],
        ],
        "  ",
      ),
    ].join("\n"),
  );
  return 0;
}

function wholeId(text: string): string {
  if (!/^[0-9a-f]{40}$/.test(text)) throw new InvalidArgumentError("Write the whole id: 40 characters of 0-9 and a-f.");
  return text;
}

function notEmpty(text: string): string {
  if (isBlank(text)) throw new InvalidArgumentError("Say why.");
  return text;
}
