import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  paginateScan,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";

/** Where releases of a team go. */
export interface Place {
  environment: string;
  team: string;
  scope: string;
}

/** What is known of a release from its start on. */
const release = z.object({
  environment: z.string(),
  team: z.string(),
  scope: z.string(),
  version: z.string(),
  commitId: z.string(),
  tag: z.string(),
  executionId: z.string(),
  pipeline: z.string(),
  /** When the tag was pushed, or the release was asked for (ISO 8601). */
  requestedAt: z.string(),
  /** ARN, or `unknown`. */
  taggedBy: z.string(),
});
export type LedgerRelease = z.output<typeof release>;

const planned = z.object({
  /** How many resources and outputs change. */
  changes: z.number(),
  planSha256: z.string(),
  planFingerprint: z.string(),
  /** ARN of who approved. */
  approver: z.string().optional(),
});

const applied = planned.extend({
  /** `failed`: a part of the commit may be there. */
  outcome: z.enum(["released", "failed"]),
  /** When Terraform ended: its apply, or its plan where there was nothing to change (ISO 8601). */
  appliedAt: z.string(),
});
/** What Apply says of a release, or release-recorder where Apply did not. */
export type Applied = z.output<typeof applied>;

const current = release.extend(applied.shape);
/** What is there now. */
export type Current = z.output<typeof current>;

const OUTCOMES = ["running", "waiting", "released", "failed", "refused", "rejected", "stopped", "expired"] as const;
export type LedgerOutcome = (typeof OUTCOMES)[number];

const facts = planned.partial().extend({
  outcome: z.enum(OUTCOMES),
  plannedAt: z.string().optional(),
  approvedAt: z.string().optional(),
  endedAt: z.string().optional(),
});
/** What happened to a release. A field that is left out stays as it is, but for `endedAt` of a release that goes on. */
export type ReleaseFacts = z.output<typeof facts>;

const remembered = release.extend(facts.shape).extend({
  /** When Apply wrote it; missing where Apply wrote nothing. */
  appliedAt: z.string().optional(),
  /** The moment that release-recorder read the outcome of (ISO 8601); missing where only Apply wrote. */
  asOf: z.string().optional(),
  /** The keys of the e-mails that people got about it. */
  emailed: z
    .set(z.string())
    .default(new Set())
    .transform((emails) => [...emails].sort()),
});
/** One release in the history of a place. */
export type RememberedRelease = z.output<typeof remembered>;

/** Options of a call of AWS. */
interface Call {
  abortSignal?: AbortSignal;
}

export type Ledger = ReturnType<typeof createLedger>;

/**
 * The table of releases. Its item `<team>#<scope>` says what is there now, and `<team>#<scope>#<requestedAt>#<executionId>`
 * what became of one release; the partition key is the environment. Writes may come late, repeated and in any order: what
 * is older never replaces what is newer.
 */
export function createLedger(dynamodb: DynamoDBClient, tableName: string) {
  const get = async (key: Key, call: Call = {}) => {
    const { Item } = await dynamodb.send(
      new GetItemCommand({ TableName: tableName, Key: marshall(key), ConsistentRead: true }),
      call,
    );
    return Item && unmarshall(Item);
  };

  /** @returns the whole item; undefined where the condition does not hold */
  async function update(
    key: Key,
    set: Readonly<Record<string, unknown>>,
    { remove = [], condition, values }: { remove?: readonly string[]; condition: string; values?: object },
    call: Call = {},
  ): Promise<Record<string, unknown> | undefined> {
    const fields = Object.entries(set).filter(([, value]) => value !== undefined);
    const names = [...fields.map(([name]) => name), ...remove];
    try {
      const { Attributes = {} } = await dynamodb.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: marshall(key),
          UpdateExpression: [
            `SET ${fields.map(([name]) => `#${name} = :${name}`).join(", ")}`,
            ...(remove.length > 0 ? [`REMOVE ${remove.map((name) => `#${name}`).join(", ")}`] : []),
          ].join(" "),
          ConditionExpression: condition,
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: marshall({
            ...Object.fromEntries(fields.map(([name, value]) => [`:${name}`, value])),
            ...values,
          }),
          ReturnValues: "ALL_NEW",
        }),
        call,
      );
      return unmarshall(Attributes);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  /** What is there now; undefined before the first release. */
  async function currentOf(place: Place, call: Call = {}): Promise<Current | undefined> {
    const item = await get(currentKey(place), call);
    return item && current.parse(item);
  }

  /**
   * Writes what is there now, and the same into the history.
   *
   * @returns false where a newer apply is there, which stays
   */
  async function recordApplied(of: LedgerRelease, what: Applied, call: Call = {}): Promise<boolean> {
    const set = { ...release.parse(of), ...applied.parse(what), appliedAt: moment(what.appliedAt) };
    const notNewer = "attribute_not_exists(#appliedAt) OR #appliedAt <= :appliedAt";
    // A release without an approval must not keep the approver of the one before.
    const remove = what.approver === undefined ? ["approver"] : [];
    const item = await update(currentKey(of), set, { condition: notNewer, remove }, call);
    await update(historyKey(of), { ...set, endedAt: set.appliedAt }, { condition: notNewer }, call);
    return item !== undefined;
  }

  /**
   * Writes what became of a release. A release that Apply ended goes on only by something newer. One that is in place stays
   * `released`, and one that is partly in place is not `refused`, whatever became of its execution.
   *
   * @param asOf the moment that `what` is from (ISO 8601). At one moment, an end stays as it is
   * @returns the release as the ledger has it by now
   */
  async function remember(
    of: LedgerRelease,
    what: ReleaseFacts,
    asOf: string,
    call: Call = {},
  ): Promise<RememberedRelease> {
    const goesOn = what.outcome === "running" || what.outcome === "waiting";
    const { endedAt, ...known } = facts.parse(what);
    const item = await update(
      historyKey(of),
      { ...release.parse(of), ...known, ...(!goesOn && { endedAt }), asOf: moment(asOf) },
      {
        condition: [
          "(attribute_not_exists(#asOf) OR #asOf < :asOf OR (#asOf = :asOf AND #outcome IN (:running, :waiting, :outcome)))",
          ...(goesOn ? ["(attribute_not_exists(appliedAt) OR appliedAt < :asOf)"] : []),
          ...(what.outcome === "refused" ? ["attribute_not_exists(appliedAt)"] : []),
          ...(what.outcome === "released" ? [] : ["(attribute_not_exists(appliedAt) OR #outcome <> :released)"]),
        ].join(" AND "),
        values: {
          ...{ ":running": "running", ":waiting": "waiting" },
          ...(what.outcome !== "released" && { ":released": "released" }),
        },
        remove: goesOn ? ["endedAt"] : [],
      },
      call,
    );
    return remembered.parse(item ?? (await get(historyKey(of), call)));
  }

  /** Notes that people got an e-mail about a release that the ledger remembers. A repeat changes nothing. */
  async function recordEmailed(of: LedgerRelease, email: string, call: Call = {}): Promise<void> {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: marshall(historyKey(of)),
        UpdateExpression: "ADD emailed :email",
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: marshall({ ":email": new Set([email]) }),
      }),
      call,
    );
  }

  /** What is there now of all teams and scopes of an environment. It reads no history but the first release of a place. */
  async function currentOfAll(environment: string, call: Call = {}): Promise<Current[]> {
    const found: Current[] = [];
    for (let after = " "; ; ) {
      const [item] = await first(environment, after, call);
      if (!item) return found;
      const [team = "", scope = "", ...history] = z.object({ sk: z.string() }).parse(item).sk.split("#");
      if (history.length === 0) found.push(current.parse(item));
      after = `${team}#${scope}#${LAST}`;
    }
  }

  async function first(environment: string, after: string, call: Call = {}) {
    const { Items = [] } = await dynamodb.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: "pk = :environment AND sk > :after",
        ExpressionAttributeValues: marshall({ ":environment": environment, ":after": after }),
        ConsistentRead: true,
        Limit: 1,
      }),
      call,
    );
    return Items.map((item) => unmarshall(item));
  }

  /** All environments, in order. It reads the whole table: for commands of people only. */
  async function environments(call: Call = {}): Promise<string[]> {
    const found = new Set<string>();
    const query = { TableName: tableName, ProjectionExpression: "pk" };
    for await (const { Items = [] } of paginateScan({ client: dynamodb }, query, call))
      for (const { pk } of Items) if (pk?.S !== undefined) found.add(pk.S);
    return [...found].sort();
  }

  /** The last releases of a place, newest first. */
  async function historyOf(place: Place, most: number, call: Call = {}): Promise<RememberedRelease[]> {
    const found: RememberedRelease[] = [];
    const query = {
      TableName: tableName,
      KeyConditionExpression: "pk = :environment AND begins_with(sk, :place)",
      ExpressionAttributeValues: marshall({
        ":environment": place.environment,
        ":place": `${currentKey(place).sk}#`,
      }),
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: most,
    };
    for await (const { Items = [] } of paginateQuery({ client: dynamodb }, query, call)) {
      found.push(...Items.map((item: Record<string, AttributeValue>) => remembered.parse(unmarshall(item))));
      if (found.length >= most) break;
    }
    return found.slice(0, most);
  }

  return {
    current: currentOf,
    applied: recordApplied,
    remember,
    emailed: recordEmailed,
    environments,
    releasesOf: currentOfAll,
    historyOf,
  };
}

type Key = Readonly<{ pk: string; sk: string }>;

const currentKey = ({ environment, team, scope }: Place): Key => ({ pk: environment, sk: `${team}#${scope}` });

const historyKey = (of: LedgerRelease): Key => ({
  pk: of.environment,
  sk: `${currentKey(of).sk}#${moment(of.requestedAt)}#${of.executionId}`,
});

/** Sorts behind every character of a time and an execution's id. */
const LAST = "~";

/** A moment in the one form that sorts by time: UTC, with milliseconds. */
const moment = (text: string): string => new Date(text).toISOString();
