import { randomUUID } from "node:crypto";
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SNSClient } from "@aws-sdk/client-sns";
import { createAnnounce } from "../../functions/sni-collector/announce.ts";
import { createHandler, type Result } from "../../functions/sni-collector/handler.ts";
import { createRemember } from "../../functions/sni-collector/remember.ts";
import { createSightingTable } from "../../functions/sni-collector/sighting-table.ts";
import type { Fault } from "../../local/gateway/faults.ts";
import type { Call } from "../../local/gateway/gateway.ts";
import { createWorld } from "../../local/world.ts";
import { clientConfiguration, namingResource } from "../../shared/aws-client.ts";
import { eventHandler } from "../../shared/event-handler.ts";
import { lambdaContext } from "./lambda-context.ts";
import { localClient } from "./local-client.ts";

interface ContainerOptions {
  digestMinutes?: number;
  maxPayloadBytes?: number;
  topicArn?: string;
  tableName?: string;
  defanged?: boolean;
  /** Where SNS is, if not in the local AWS. */
  snsEndpoint?: string;
  /** Where DynamoDB is, if not in the local AWS. */
  dynamodbEndpoint?: string;
  /** Milliseconds that an invocation may take. */
  timeout?: number;
}

/** A local AWS, a clock that tests set, and any number of containers of the function in it. */
export async function createEstate() {
  const faults: Fault[] = [];
  const world = await createWorld({ faults });
  const clock = { now: Date.parse("2026-10-14T15:00:00Z") };
  const now = () => clock.now;
  const waits: number[] = [];
  const wait = async (milliseconds: number) => {
    waits.push(milliseconds);
  };
  const pause = async () => undefined;

  const namesTaken = () => publishedIn(world.calls).reduce((sum, { names }) => sum + names.length, 0);

  const container = ({
    digestMinutes = 5,
    maxPayloadBytes = 1_000_000,
    topicArn = "arn:aws:sns:us-east-1:111122223333:egress",
    tableName = "palisade-hostnames",
    defanged = true,
    snsEndpoint = world.endpoint,
    dynamodbEndpoint = world.endpoint,
    timeout = 60_000,
  }: ContainerOptions = {}) => {
    const logger = new Logger({ serviceName: "sni-collector", logLevel: "SILENT" });
    const metrics = new Metrics({ namespace: "Palisade", serviceName: "sni-collector" });
    const table = createSightingTable({
      dynamodb: namingResource(
        new DynamoDBClient({ ...clientConfiguration(), ...localClient(dynamodbEndpoint) }),
        `table ${tableName}`,
      ),
      tableName,
      logger,
      pause,
    });
    const handler = eventHandler(
      { logger, metrics, now },
      createHandler({
        remember: createRemember({ table, ttlDays: 30, now, pause }),
        announce: createAnnounce({
          table,
          sns: namingResource(
            new SNSClient({ ...clientConfiguration(), ...localClient(snsEndpoint) }),
            `topic ${topicArn}`,
          ),
          topicArn,
          digestMinutes,
          defanged,
          ttlDays: 30,
          now,
          newId: randomUUID,
          wait,
        }),
        logger,
        metrics,
        maxPayloadBytes,
        now,
      }),
    );
    /** The result, and how many names SNS took meanwhile. */
    const invoke = async (event: unknown): Promise<Result & { announced: number }> => {
      const before = namesTaken();
      const result = await handler(event, lambdaContext(timeout));
      return { ...result, announced: namesTaken() - before };
    };
    return { invoke };
  };

  return {
    clock,
    container,
    endpoint: world.endpoint,
    calls: world.calls,
    /** How long the function waited between messages (ms). */
    waits,
    close: world.close,
    /** The next calls of an operation fail. */
    fail: (service: string, operation: string, errorName: string, remaining = 1) =>
      faults.push({ kind: "fail", service, operation, errorName, remaining }),
    /** What SNS took until now. */
    published: () => publishedIn(world.calls),
  };
}

/** What SNS took of these calls: the names that each message announces, and its e-mail. */
export const publishedIn = (calls: readonly Call[]) =>
  calls
    .filter(({ operation, error }) => operation === "Publish" && error === null)
    .map(({ input }) => {
      const { default: data, email } = JSON.parse((input as { Message: string }).Message);
      const { sightings } = JSON.parse(data) as { sightings: { name: string }[] };
      return { names: sightings.map(({ name }) => name), email: email as string };
    });
