import { Metrics } from "@aws-lambda-powertools/metrics";
import { ConfiguredRetryStrategy } from "@smithy/core/retry";
import { localClient } from "./local-client.ts";
import { recordingLogger } from "./recording-logger.ts";

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
    /** What the function has logged. */
    logged: lines,
  };
}
