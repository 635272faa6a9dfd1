import { randomUUID } from "node:crypto";
import { Command, InvalidArgumentError } from "commander";
import { releaseAgainCommand } from "../shared/release-again.ts";
import { runCommand } from "./command.ts";
import { sendRequest, statedReason } from "./request.ts";

interface Options {
  reason: string;
  eventBus: string;
}

const command = new Command("release-again")
  .description(
    "Asks pipeline-starter to start the release of a tag once more, for example after a failed apply. IAM decides who may ask.",
  )
  .argument("<TAG>", "the whole name of a release tag", wholeTag)
  .requiredOption("--reason <TEXT>", "why; the pipeline and the e-mail quote it", statedReason)
  .option("--event-bus <NAME>", "the event bus that wakes pipeline-starter", "default");

await runCommand(command, releaseAgain, 1);

async function releaseAgain([tag = ""]: readonly string[], { reason, eventBus }: Options): Promise<number> {
  // The id makes a request that the SDK sends twice start once.
  const requestId = randomUUID();
  await sendRequest({
    eventBus,
    detailType: "Release Requested",
    detail: { tag, requestId, reason },
    topic: "release",
    facts: [
      ["tag", tag],
      ["request", requestId],
    ],
  });
  return 0;
}

/** Only a typing error: which environments, regions and teams there are, pipeline-starter knows. */
function wholeTag(text: string): string {
  if (!/^[A-Za-z0-9-]+_[a-z0-9-]+\/[a-z0-9-]+\/\d[\w.+-]*$/.test(text))
    throw new InvalidArgumentError(`Write the whole tag, as in: ${releaseAgainCommand("dev_us-east-1/research/1.0")}`);
  return text;
}
