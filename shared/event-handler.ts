import type { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import type { Metrics } from "@aws-lambda-powertools/metrics";
import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
import middy, { type MiddlewareObj } from "@middy/core";
import type { Context } from "aws-lambda";

/** The time that is left for logging a failure and writing metrics, before Lambda ends the invocation (ms). */
const TIME_TO_FAIL = 1_000;

/** What a processor knows besides the event. */
export interface Invocation {
  /** The time when Lambda ends this invocation (epoch, ms). */
  deadline: number;
  /** Aborts shortly before the deadline. */
  signal: AbortSignal;
  /** Lambda's own context. */
  context: Context;
}

/** One line per failed invocation. Returns nothing: a value returned here would turn the failure into a success. */
const failureLog = (logger: Logger): MiddlewareObj => ({
  onError: ({ error }) => {
    logger.error("invocation failed", { error });
  },
});

/**
 * Adds to the story of one event what every processor shares: a request id in each log line, metrics at the end, a log
 * line for a failure, and a clear error shortly before the time limit.
 *
 * @param story handles an event. Its error fails the invocation, so that Lambda retries
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
    // Otherwise an environment variable could make it log whole events.
    .use(injectLambdaContext(logger, { logEvent: false }))
    .use(logMetrics(metrics))
    .use(failureLog(logger));
