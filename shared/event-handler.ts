import type { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import type { Metrics } from "@aws-lambda-powertools/metrics";
import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
import middy, { type MiddlewareObj } from "@middy/core";
import type { Context } from "aws-lambda";

/** Time kept back before the limit of the function, so that the failure is logged and metrics are written (ms). */
const TIME_TO_FAIL = 1_000;

/** What a processor is told besides the event. */
export interface Invocation {
  /** When the platform ends this invocation (epoch, ms). */
  deadline: number;
  /** Aborts shortly before the deadline. */
  signal: AbortSignal;
  /** What Lambda says of the invocation. */
  context: Context;
}

/** One line per failed invocation. Returns nothing: a value returned here would turn the failure into a success. */
const failureLog = (logger: Logger): MiddlewareObj => ({
  onError: ({ error }) => {
    logger.error("invocation failed", { error });
  },
});

/**
 * Wraps the story of one event into what every processor shares: request id on each log line, metrics written at the
 * end, failures logged, and a clear error before Lambda would cut the invocation off without a word.
 *
 * @param story what to do with an event; its error is the invocation's, so that Lambda retries
 * @param now the clock (epoch, ms)
 */
export const eventHandler = <Result>(
  { logger, metrics, now }: { logger: Logger; metrics: Metrics; now: () => number },
  story: (event: unknown, invocation: Invocation) => Promise<Result>,
) =>
  middy<unknown, Result>(
    (event: unknown, context: Context, { signal }: { signal: AbortSignal }) =>
      story(event, { deadline: now() + context.getRemainingTimeInMillis(), signal, context }),
    {
      timeoutEarlyInMillis: TIME_TO_FAIL,
      timeoutEarlyResponse: () => {
        throw new Error(
          "The time limit of the function was near and work was left. Lambda retries; if this repeats, raise the timeout.",
        );
      },
    },
  )
    // Without this an environment variable could make it log whole events.
    .use(injectLambdaContext(logger, { logEvent: false }))
    .use(logMetrics(metrics))
    .use(failureLog(logger));
