import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SNSClient } from "@aws-sdk/client-sns";
import { clientConfiguration, namingResource } from "../../shared/aws-client.ts";
import { eventHandler } from "../../shared/event-handler.ts";
import type { WaitingPlatform } from "../../shared/platform.ts";
import { createAnnounce } from "./announce.ts";
import { createHandler } from "./handler.ts";
import { createRemember } from "./remember.ts";
import type { Settings } from "./settings.ts";
import { createSightingTable } from "./sighting-table.ts";

interface CollectorPlatform extends WaitingPlatform {
  /** A text that no other call has given. */
  newId: () => string;
}

/** Wires the function. `index.ts` and the tests use it alike. */
export function compose(settings: Settings, platform: CollectorPlatform) {
  const { logger, metrics, now, random, newId, wait } = platform;
  const configuration = clientConfiguration(platform);
  const pause = (attempt: number) => wait(random() * Math.min(50 * 2 ** attempt, 2_000));
  const table = createSightingTable({
    dynamodb: namingResource(new DynamoDBClient(configuration), `table ${settings.TABLE_NAME}`),
    tableName: settings.TABLE_NAME,
    logger,
    pause,
  });
  return eventHandler(
    platform,
    createHandler({
      remember: createRemember({ table, ttlDays: settings.TTL_DAYS, now, pause }),
      announce: createAnnounce({
        table,
        sns: namingResource(new SNSClient(configuration), `topic ${settings.TOPIC_ARN}`),
        topicArn: settings.TOPIC_ARN,
        digestMinutes: settings.DIGEST_MINUTES,
        defanged: settings.DEFANG,
        ttlDays: settings.TTL_DAYS,
        now,
        newId,
        wait,
      }),
      logger,
      metrics,
      maxPayloadBytes: settings.MAX_PAYLOAD_MIB * 1_048_576,
      now,
    }),
  );
}
