import type { Context } from "aws-lambda";

/** The context of an invocation that may take this long (ms). */
export function lambdaContext(timeout = 60_000): Context {
  const deadline = Date.now() + timeout;
  return { awsRequestId: "request", getRemainingTimeInMillis: () => deadline - Date.now() } as Context;
}
