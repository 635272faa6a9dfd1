import { createLogger } from "../../shared/logger.ts";
import { createMetrics } from "../../shared/metrics.ts";
import { readSettings } from "../../shared/settings.ts";
import { compose } from "./compose.ts";
import { settingsSchema } from "./settings.ts";
import configRules from "./templates/config-rules.tf";
import estateVariables from "./templates/estate-variables.tf";

export const handler = compose(readSettings(settingsSchema, process.env), {
  logger: createLogger("rule-exporter"),
  metrics: createMetrics(process.env.AWS_LAMBDA_FUNCTION_NAME || "rule-exporter"),
  now: Date.now,
  region: process.env.AWS_REGION ?? "",
  templates: { configRules, estateVariables },
});
