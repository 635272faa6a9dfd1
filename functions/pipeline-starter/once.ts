import {
  IdempotencyConfig,
  IdempotencyPersistenceLayerError,
  makeIdempotent,
} from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Invocation } from "../../shared/event-handler.ts";

/**
 * EventBridge delivers an event again for 24 hours at most, and Lambda retries for 6 hours more.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
 */
const REMEMBERED_SECONDS = 36 * 3_600;

/** Results that DynamoDB can keep. */
type Kept = Readonly<Record<string, string | boolean | null | undefined>>;

export type Once = ReturnType<typeof createOnce>;

/**
 * Makes the function that does an action at most once in 36 hours.
 *
 * @param tableName a table with the partition key `id` (String) and time to live in `expiration`
 */
export function createOnce(dynamodb: DynamoDBClient, tableName: string) {
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: dynamodb });

  /**
   * Does an action, unless it was done under the same key. A failed action is not remembered: the next try does it
   * again. After a crash, the next try does it again once the deadline of the crashed invocation has passed.
   *
   * @param key texts that together name the action
   * @returns what `action` returned, in this call or in an earlier one, and whether it was an earlier one
   * @throws what `action` throws; IdempotencyAlreadyInProgressError while another invocation does the action; Error
   * when the table fails
   */
  return async function once<Result extends Kept>(
    key: readonly string[],
    { context, signal }: Invocation,
    action: () => Promise<Result>,
  ): Promise<{ result: Result; repeated: boolean }> {
    let repeated = true;
    let failure: unknown;
    const act = async (_key: readonly string[]): Promise<Result> => {
      try {
        const result = await action();
        repeated = false;
        return result;
      } catch (error) {
        // The invocation has failed already, and its record ends at its deadline. A container that thaws later must not
        // delete the record: by then it could belong to the retry.
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
      return { result: await makeIdempotent(act, { persistenceStore, config })(key), repeated };
    } catch (error) {
      // Where the record cannot be deleted either, the first fault is the one to report.
      if (failure !== undefined) throw failure;
      // Its own message says neither which table nor why.
      if (error instanceof IdempotencyPersistenceLayerError && error.cause instanceof Error)
        error.message = `${error.message}: ${error.cause.message}`;
      throw error;
    }
  };
}
