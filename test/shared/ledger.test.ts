import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ConfiguredRetryStrategy } from "@smithy/core/retry";
import { afterEach, beforeEach, expect, it } from "vitest";
import { gateway } from "../../local/gateway/gateway.ts";
import { dynamoDb } from "../../local/services/dynamodb/dynamodb.ts";
import { type Applied, createLedger, type Ledger, type LedgerRelease } from "../../shared/ledger.ts";
import { localClient } from "../support/local-client.ts";
import { localFaults } from "../support/local-faults.ts";

const TABLE = "palisade-releases";
const PLACE = { environment: "prod", team: "risk", scope: "eu-central-1" };

const { forWorld, ...faults } = localFaults();
let served: Awaited<ReturnType<typeof gateway>>;
let client: DynamoDBClient;
let ledger: Ledger;
beforeEach(async () => {
  served = await gateway([dynamoDb({ [TABLE]: ["pk", "sk"] })], forWorld);
  client = new DynamoDBClient({
    ...localClient(served.endpoint),
    retryStrategy: new ConfiguredRetryStrategy(3, 0),
  });
  ledger = createLedger(client, TABLE);
});
afterEach(() => served.close());

const releaseOf = (version: string, changed: Partial<LedgerRelease> = {}): LedgerRelease => ({
  ...PLACE,
  version,
  commitId: "c".repeat(40),
  tag: `prod_eu-central-1/risk/${version}`,
  executionId: `execution-${version}`,
  pipeline: "prod-infrastructure",
  requestedAt: "2026-11-24T10:00:00Z",
  taggedBy: "arn:aws:sts::111122223333:assumed-role/Developer/mary",
  ...changed,
});

const appliedAt = (time: string, changed: Partial<Applied> = {}): Applied => ({
  outcome: "released",
  changes: 3,
  planSha256: "a".repeat(64),
  planFingerprint: "f".repeat(64),
  appliedAt: time,
  ...changed,
});

const T1 = "2026-11-24T10:10:00.000Z";
const T2 = "2026-11-24T10:20:00.000Z";
const T3 = "2026-11-24T10:30:00.000Z";

it("The ledger knows nothing of a place before its first release.", async () => {
  expect(await ledger.current(PLACE)).toBeUndefined();
  expect(await ledger.historyOf(PLACE, 10)).toEqual([]);
  expect(await ledger.releasesOf("prod")).toEqual([]);
});

it("The ledger holds what was applied, as what is there now and in the history.", async () => {
  expect(await ledger.applied(releaseOf("1.0"), appliedAt(T1, { approver: "arn:mary" }))).toBe(true);
  const what = { ...releaseOf("1.0"), ...appliedAt(T1, { approver: "arn:mary" }) };
  expect(await ledger.current(PLACE)).toEqual(what);
  expect(await ledger.historyOf(PLACE, 10)).toEqual([{ ...what, endedAt: T1, emailed: [] }]);
});

it("An older apply that is written late does not replace a newer one, and goes into the history.", async () => {
  await ledger.applied(releaseOf("2.0"), appliedAt(T2));
  expect(await ledger.applied(releaseOf("1.0"), appliedAt(T1))).toBe(false);
  expect(await ledger.current(PLACE)).toMatchObject({ version: "2.0", appliedAt: T2 });
  expect((await ledger.historyOf(PLACE, 10)).map(({ version }) => version)).toEqual(["2.0", "1.0"]);
});

it("What is there now is read as it is at that moment, since Apply refuses a plan by it.", async () => {
  await ledger.current(PLACE);
  expect(served.calls.map(({ operation, input }) => [operation, input])).toMatchObject([
    ["GetItem", { ConsistentRead: true }],
  ]);
});

it("A newer apply replaces an older one, of a smaller version and without an approver too.", async () => {
  await ledger.applied(releaseOf("2.0"), appliedAt(T1, { approver: "arn:mary" }));
  expect(await ledger.applied(releaseOf("1.0"), appliedAt(T2, { outcome: "failed" }))).toBe(true);
  expect(await ledger.current(PLACE)).toEqual({ ...releaseOf("1.0"), ...appliedAt(T2, { outcome: "failed" }) });
});

it.each([
  ["2026-11-24T10:10:00Z", "2026-11-24T10:10:00.500Z"],
  ["2026-11-24T12:10:00+02:00", "2026-11-24T10:10:01Z"],
])("Times are compared as moments, however they are written: %s is before %s.", async (earlier, later) => {
  await ledger.applied(releaseOf("1.0"), appliedAt(earlier));
  expect(await ledger.applied(releaseOf("2.0"), appliedAt(later))).toBe(true);
  expect(await ledger.applied(releaseOf("1.0"), appliedAt(earlier))).toBe(false);
});

it("A write whose answer is lost is repeated and changes nothing twice.", async () => {
  faults.lose("DynamoDB", "UpdateItem", { times: 1 });
  expect(await ledger.applied(releaseOf("1.0"), appliedAt(T1))).toBe(true);
  faults.lose("DynamoDB", "UpdateItem", { times: 1 });
  expect(await ledger.remember(releaseOf("1.0"), { outcome: "released" }, T2)).toMatchObject({ outcome: "released" });
  expect(await ledger.historyOf(PLACE, 10)).toHaveLength(1);
});

it("What is known of a release grows, and what is left out stays.", async () => {
  await ledger.remember(releaseOf("1.0"), { outcome: "running" }, T1);
  await ledger.remember(releaseOf("1.0"), { outcome: "waiting", changes: 3, plannedAt: T1 }, T2);
  const known = await ledger.remember(releaseOf("1.0"), { outcome: "rejected", endedAt: T3 }, T3);
  expect(known).toEqual({
    ...releaseOf("1.0"),
    outcome: "rejected",
    changes: 3,
    plannedAt: T1,
    endedAt: T3,
    asOf: T3,
    emailed: [],
  });
});

it("What is older than the ledger changes nothing, and the answer is what the ledger has.", async () => {
  await ledger.remember(releaseOf("1.0"), { outcome: "released", endedAt: T2 }, T2);
  const known = await ledger.remember(releaseOf("1.0"), { outcome: "waiting", changes: 99 }, T1);
  expect(known).toMatchObject({ outcome: "released", endedAt: T2, asOf: T2 });
  expect(known).not.toHaveProperty("changes");
});

it("At one moment an end replaces what goes on, and nothing replaces an end.", async () => {
  await ledger.remember(releaseOf("1.0"), { outcome: "waiting" }, T1);
  expect(await ledger.remember(releaseOf("1.0"), { outcome: "failed" }, T1)).toMatchObject({ outcome: "failed" });
  expect(await ledger.remember(releaseOf("1.0"), { outcome: "waiting" }, T1)).toMatchObject({ outcome: "failed" });
  expect(await ledger.remember(releaseOf("1.0"), { outcome: "stopped" }, T1)).toMatchObject({ outcome: "failed" });
});

it("A release that Apply ended goes on only by something newer, and its end can be written whatever the clock of Apply says.", async () => {
  await ledger.remember(releaseOf("1.0"), { outcome: "running" }, T1);
  await ledger.applied(releaseOf("1.0"), appliedAt(T2, { outcome: "failed" }));
  for (const time of [T1, T2])
    expect(await ledger.remember(releaseOf("1.0"), { outcome: "running" }, time)).toMatchObject({
      outcome: "failed",
      asOf: T1,
      endedAt: T2,
    });
  const justBefore = "2026-11-24T10:19:59.999Z";
  expect(await ledger.remember(releaseOf("1.0"), { outcome: "stopped" }, justBefore)).toMatchObject({
    outcome: "stopped",
  });
  expect(await ledger.remember(releaseOf("1.0"), { outcome: "running" }, T3)).toMatchObject({ outcome: "running" });
});

it("An older apply that is written late does not replace a newer one of the same release in the history.", async () => {
  await ledger.applied(releaseOf("1.0"), appliedAt(T2));
  await ledger.applied(releaseOf("1.0"), appliedAt(T1, { outcome: "failed" }));
  expect(await ledger.historyOf(PLACE, 1)).toMatchObject([{ outcome: "released", appliedAt: T2, endedAt: T2 }]);
});

it("A release that goes on after its end has no end until it ends again.", async () => {
  await ledger.remember(releaseOf("1.0"), { outcome: "failed", endedAt: T1 }, T1);
  expect(await ledger.remember(releaseOf("1.0"), { outcome: "running", endedAt: T1 }, T2)).not.toHaveProperty(
    "endedAt",
  );
  expect(await ledger.remember(releaseOf("1.0"), { outcome: "released", endedAt: T3 }, T3)).toMatchObject({
    endedAt: T3,
  });
});

it("The ledger lists once what people got an e-mail about.", async () => {
  await ledger.remember(releaseOf("1.0"), { outcome: "waiting" }, T1);
  for (const email of ["waiting", "expiring", "waiting"]) await ledger.emailed(releaseOf("1.0"), email);
  const [known] = await ledger.historyOf(PLACE, 1);
  expect(known?.emailed).toEqual(["expiring", "waiting"]);
  expect(await ledger.remember(releaseOf("1.0"), { outcome: "released" }, T2)).toMatchObject({
    emailed: ["expiring", "waiting"],
  });
});

it("The ledger notes nothing about a release that it does not remember.", async () => {
  await expect(ledger.emailed(releaseOf("1.0"), "waiting")).rejects.toThrow("conditional");
  expect(await ledger.historyOf(PLACE, 1)).toEqual([]);
});

it("The history of a place is newest first, across pages, without other places.", async () => {
  const asked = (minute: number) => `2026-11-24T10:0${minute}:00Z`;
  for (const minute of [1, 3, 2])
    await ledger.remember(releaseOf(`1.${minute}`, { requestedAt: asked(minute) }), { outcome: "failed" }, T1);
  for (const changed of [{ scope: "eu-central-11" }, { team: "risk-2" }, { environment: "qa" }])
    await ledger.remember(releaseOf("9.9", changed), { outcome: "failed" }, T1);
  await ledger.applied(releaseOf("1.4", { requestedAt: asked(4) }), appliedAt(T2));
  expect((await ledger.historyOf(PLACE, 3)).map(({ version }) => version)).toEqual(["1.4", "1.3", "1.2"]);
  expect((await ledger.historyOf(PLACE, 9)).map(({ version }) => version)).toEqual(["1.4", "1.3", "1.2", "1.1"]);
});

it("The ledger lists all environments that it knows, in order.", async () => {
  await ledger.applied(releaseOf("1.0"), appliedAt(T1));
  await ledger.remember(releaseOf("1.0", { environment: "dev" }), { outcome: "running" }, T1);
  expect(await ledger.environments()).toEqual(["dev", "prod"]);
});

it("What is there now of an environment is read without its history, one query for each place.", async () => {
  const places = [
    { team: "risk", scope: "eu-central-1" },
    { team: "risk", scope: "global" },
    { team: "risk-2", scope: "eu-central-1" },
    { team: "a", scope: "us-east-1" },
  ];
  for (const place of places) {
    for (const version of ["1.0", "1.1", "1.2"])
      await ledger.remember(releaseOf(version, { ...place, executionId: version }), { outcome: "failed" }, T1);
    await ledger.applied(releaseOf("1.3", place), appliedAt(T2));
  }
  await ledger.remember(releaseOf("1.0", { team: "never-there" }), { outcome: "running" }, T1);
  await ledger.applied(releaseOf("1.0", { environment: "qa" }), appliedAt(T2));
  const queries = () => served.calls.filter(({ operation }) => operation === "Query");
  const found = await ledger.releasesOf("prod");
  expect(found.map(({ team, scope }) => `${team} ${scope}`)).toEqual([
    "a us-east-1",
    "risk eu-central-1",
    "risk global",
    "risk-2 eu-central-1",
  ]);
  expect(queries()).toHaveLength(6);
});
