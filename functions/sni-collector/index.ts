import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { createLogger } from "../../shared/logger.ts";
import { createMetrics } from "../../shared/metrics.ts";
import { readSettings } from "../../shared/settings.ts";
import { compose } from "./compose.ts";
import { settingsSchema } from "./settings.ts";

export const handler = compose(readSettings(settingsSchema, process.env), {
  logger: createLogger("sni-collector"),
  metrics: createMetrics(process.env.AWS_LAMBDA_FUNCTION_NAME || "sni-collector"),
  now: Date.now,
  random: Math.random,
  newId: randomUUID,
  wait: (milliseconds) => setTimeout(milliseconds),
});
