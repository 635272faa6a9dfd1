import { parentPort, workerData } from "node:worker_threads";
import { ACCOUNT, REGION } from "../account.ts";

/** A request to the container. */
export interface Invoke {
  event: unknown;
  functionName: string;
  requestId: string;
  /** Milliseconds. */
  timeout: number;
}

/** Its answer. */
export interface Invoked {
  result: unknown;
  error: { name: string; message: string } | null;
}

parentPort?.on("message", async ({ event, functionName, requestId, timeout }: Invoke) => {
  const deadline = Date.now() + timeout;
  const context = {
    awsRequestId: requestId,
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${functionName}`,
    memoryLimitInMB: "512",
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  let answer: Invoked;
  try {
    // Imported once; a module that fails to load fails every invocation, as in Lambda.
    const { handler } = await import(workerData.bundle);
    const result = await handler(event, context);
    answer = { result: JSON.parse(JSON.stringify(result ?? null)), error: null };
  } catch (error) {
    answer = {
      result: null,
      error:
        error instanceof Error
          ? { name: error.name, message: error.message }
          : { name: "Error", message: String(error) },
    };
  }
  // The log takes another way than the answer, and must arrive first.
  process.stdout.write("", () => parentPort?.postMessage(answer));
});
