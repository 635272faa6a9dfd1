import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SNSClient } from "@aws-sdk/client-sns";
import { clientConfiguration, namingResource } from "../../shared/aws-client.ts";
import { eventHandler } from "../../shared/event-handler.ts";
import { createLogger } from "../../shared/logger.ts";
import { createMetrics } from "../../shared/metrics.ts";
import { readSettings } from "../../shared/settings.ts";
import { createAnnounce } from "./announce.ts";
import { createHandler } from "./handler.ts";
import { createRemember } from "./remember.ts";
import { settingsSchema } from "./settings.ts";
import { createSightingTable } from "./sighting-table.ts";

const settings = readSettings(settingsSchema, process.env);
const logger = createLogger("sni-collector");
const metrics = createMetrics("sni-collector");
const now = Date.now;
const wait = (milliseconds: number) => setTimeout(milliseconds);
const pause = (attempt: number) => wait(Math.random() * Math.min(50 * 2 ** attempt, 2_000));

const table = createSightingTable({
  dynamodb: namingResource(new DynamoDBClient(clientConfiguration()), `table ${settings.TABLE_NAME}`),
  tableName: settings.TABLE_NAME,
  logger,
  pause,
});

export const handler = eventHandler(
  { logger, metrics, now },
  createHandler({
    remember: createRemember({ table, ttlDays: settings.TTL_DAYS, now, pause }),
    announce: createAnnounce({
      table,
      sns: namingResource(new SNSClient(clientConfiguration()), `topic ${settings.TOPIC_ARN}`),
      topicArn: settings.TOPIC_ARN,
      digestMinutes: settings.DIGEST_MINUTES,
      defanged: settings.DEFANG,
      ttlDays: settings.TTL_DAYS,
      now,
      newId: randomUUID,
      wait,
    }),
    logger,
    metrics,
    maxPayloadBytes: settings.MAX_PAYLOAD_MIB * 1_048_576,
    now,
  }),
);
