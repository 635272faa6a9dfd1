import {
  IdempotencyConfig,
  IdempotencyPersistenceLayerError,
  makeIdempotent,
} from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Invocation } from "./event-handler.ts";

/**
 * EventBridge delivers an event again for 24 hours at the most, and Lambda tries for 6 hours more.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
 */
const REMEMBERED_SECONDS = 36 * 3_600;

/** What DynamoDB can keep of a result. */
type Kept = Readonly<Record<string, string | boolean | null | undefined>>;

export type Once = ReturnType<typeof createOnce>;

/**
 * Makes the function that does a thing at most once in 36 hours.
 *
 * @param tableName a table with the partition key `id` (String) and time to live in `expiration`
 */
export function createOnce(dynamodb: DynamoDBClient, tableName: string) {
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: dynamodb });

  /**
   * Does what the key names, unless it was done. A failure of `action` is not remembered: the next try does it again,
   * and so does one after a crash, once the deadline of the crashed invocation has passed.
   *
   * @param key texts that together name what is done
   * @returns what `action` returned, now or then, and whether it was now
   * @throws what `action` throws; IdempotencyAlreadyInProgressError while another invocation is at it; Error when the
   * table fails
   */
  return async function once<Result extends Kept>(
    key: readonly string[],
    { context, signal }: Invocation,
    action: () => Promise<Result>,
  ): Promise<{ result: Result; now: boolean }> {
    let now = false;
    let failure: unknown;
    const act = async (_key: readonly string[]): Promise<Result> => {
      try {
        const result = await action();
        now = true;
        return result;
      } catch (error) {
        // The invocation has failed already. Its record ends at its deadline; to delete it from a thawed container could
        // hit that of the retry.
        if (signal.aborted) await new Promise(() => undefined);
        failure = error;
        throw error;
      }
    };
    const config = new IdempotencyConfig({
      expiresAfterSeconds: REMEMBERED_SECONDS,
      hashFunction: "sha256",
      lambdaContext: context,
    });
    try {
      return { result: await makeIdempotent(act, { persistenceStore, config })(key), now };
    } catch (error) {
      // Where the record could not be deleted either, the first fault is the one to tell.
      if (failure !== undefined) throw failure;
      // Its own message says neither which table nor why.
      if (error instanceof IdempotencyPersistenceLayerError && error.cause instanceof Error)
        error.message = `${error.message}: ${error.cause.message}`;
      throw error;
    }
  };
}
