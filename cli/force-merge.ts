import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { clientConfiguration } from "../shared/aws-client.ts";
import { isBlank, plainText } from "../shared/plain-text.ts";

interface Options {
  commit: string;
  reason: string;
  repository: string;
  eventBus: string;
}

const command = new Command("force-merge")
  .description("Asks the guardrail-merger to merge a commit that the checks do not allow. Who may ask is up to IAM.")
  .requiredOption(
    "--commit <ID>",
    "the whole id of the commit, which is on the branch that guardrails are written on",
    wholeId,
  )
  .requiredOption("--reason <TEXT>", "why; it goes into the merge commit and to all who get the message", notEmpty)
  .option("--repository <NAME>", "the guardrail repository", "guardrails")
  .option("--event-bus <NAME>", "the event bus that wakes the guardrail-merger", "default")
  .exitOverride();

try {
  command.parse();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exit(error.exitCode === 0 ? 0 : 2);
}

try {
  const { commit, reason, repository, eventBus } = command.opts<Options>();
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
    `${requestedBy} asks to force ${commit}: event ${EventId}. What comes of it is told by the guardrail topic.`,
  );
} catch (error) {
  console.error(plainText(error instanceof Error ? `${error.name}: ${error.message}` : String(error), 2_000));
  process.exit(1);
}

function wholeId(text: string): string {
  if (!/^[0-9a-f]{40}$/.test(text)) throw new InvalidArgumentError("Write the whole id: 40 of 0-9 and a-f.");
  return text;
}

function notEmpty(text: string): string {
  if (isBlank(text)) throw new InvalidArgumentError("Say why.");
  return text;
}
