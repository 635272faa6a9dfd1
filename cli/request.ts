import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { InvalidArgumentError } from "commander";
import { clientConfiguration } from "../shared/aws-client.ts";
import { labelledLines, type Row } from "../shared/labelled-lines.ts";
import { isBlank } from "../shared/plain-text.ts";

/** What somebody asks a function for, by an event of the source `palisade`. */
interface Request {
  eventBus: string;
  detailType: string;
  /** `requestedBy` is added: the ARN of the caller. */
  detail: Readonly<Record<string, string>>;
  /** The topic that e-mails the result. */
  topic: string;
  /** What is asked for, as the caller reads it. */
  facts: readonly Row[];
}

/**
 * Sends a request in the name of the caller, and prints what it asked for.
 *
 * @throws Error where EventBridge does not take it, and the errors of AWS
 */
export async function sendRequest({ eventBus, detailType, detail, topic, facts }: Request): Promise<void> {
  const { Arn: requestedBy = "" } = await new STSClient(clientConfiguration()).send(new GetCallerIdentityCommand());
  const { Entries = [] } = await new EventBridgeClient(clientConfiguration()).send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: eventBus,
          Source: "palisade",
          DetailType: detailType,
          Detail: JSON.stringify({ ...detail, requestedBy }),
        },
      ],
    }),
  );
  // PutEvents succeeds even where it took no event.
  const [{ EventId, ErrorCode, ErrorMessage } = {}] = Entries;
  if (EventId === undefined) throw new Error(`EventBridge did not take the request: ${ErrorCode} ${ErrorMessage}`);
  console.log(
    [
      `EventBridge took the request. The ${topic} topic will e-mail the result.`,
      ...labelledLines([...facts, ["requested by", requestedBy], ["event", EventId]], "  "),
    ].join("\n"),
  );
}

/** A reason in the arguments of a command. */
export function statedReason(text: string): string {
  if (isBlank(text)) throw new InvalidArgumentError("Say why.");
  return text;
}
