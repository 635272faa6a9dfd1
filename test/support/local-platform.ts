import { Metrics } from "@aws-lambda-powertools/metrics";
import { ConfiguredRetryStrategy } from "@smithy/core/retry";
import { localClient } from "./local-client.ts";
import { type LogLine, recordingLogger } from "./recording-logger.ts";

/**
 * The local AWS as the platform of a function. The SDK tries as often as in Lambda, and does not wait in between.
 *
 * @param now the clock (epoch, ms)
 */
export function localPlatform(functionName: string, endpoint: string, now: () => number = Date.now) {
  const { logger, lines } = recordingLogger(functionName);
  return {
    client: (maxAttempts: number) => ({
      ...localClient(endpoint),
      retryStrategy: new ConfiguredRetryStrategy(maxAttempts, 0),
    }),
    logger,
    metrics: new Metrics({ namespace: "Palisade", serviceName: functionName }),
    now,
    /** What the function has logged: level, sentence and the fields of its own. */
    logged: () => lines.map(ownFields),
  };
}

const ownFields = ({ level, message, ...fields }: LogLine): LogLine => ({
  level,
  message,
  ...Object.fromEntries(Object.entries(fields).filter(([name]) => !FIELDS_OF_POWERTOOLS.has(name))),
});

const FIELDS_OF_POWERTOOLS = new Set([
  "service",
  "timestamp",
  "cold_start",
  "function_arn",
  "function_memory_size",
  "function_name",
  "function_request_id",
  "tenant_id",
  "sampling_rate",
  "xray_trace_id",
]);
