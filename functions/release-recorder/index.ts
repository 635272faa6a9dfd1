import { setTimeout } from "node:timers/promises";
import { createLogger } from "../../shared/logger.ts";
import { createMetrics } from "../../shared/metrics.ts";
import { readSettings } from "../../shared/settings.ts";
import { compose } from "./compose.ts";
import { settingsSchema } from "./settings.ts";

export const handler = compose(readSettings(settingsSchema, process.env), {
  logger: createLogger("release-recorder"),
  metrics: createMetrics(process.env.AWS_LAMBDA_FUNCTION_NAME || "release-recorder"),
  now: Date.now,
  wait: setTimeout,
});
