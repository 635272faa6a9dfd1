import { once } from "node:events";
import { globSync, readFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { topicArn } from "../../../local/account.ts";
import type { Fault } from "../../../local/gateway/faults.ts";
import { type Call, gateway } from "../../../local/gateway/gateway.ts";
import { createWorld, type World } from "../../../local/world.ts";
import { localClient } from "../../support/local-client.ts";

let world: World;
let crashes = 0;
const faults: Fault[] = [];
let before: (call: Call) => void = () => undefined;
beforeEach(async () => {
  crashes = 0;
  faults.length = 0;
  before = () => undefined;
  const crash = async () => {
    crashes += 1;
  };
  world = await createWorld({ faults, crash, before: (call) => before(call) });
});
afterEach(() => world.close());

const authorization = (service: string) => `AWS4-HMAC-SHA256 Credential=a/20261014/us-east-1/${service}/aws4_request`;

it.each([
  ["a request that is not signed", {}, "", 501],
  ["a service that is not served", { authorization: authorization("s4") }, "", 501],
  ["a body that cannot be read", { authorization: authorization("dynamodb") }, "{", 400],
])("The gateway refuses %s, and serves on.", async (_what, headers, body, status) => {
  expect((await fetch(world.endpoint, { method: "POST", headers, body })).status).toBe(status);
  expect(world.calls).toEqual([]);
});

describe("an operation", () => {
  it("The gateway serves for each service the operations that its model names.", () => {
    expect(world.services.length).toBeGreaterThan(6);
    for (const { name, operations, model } of world.services)
      expect([name, Object.keys(operations).sort()]).toEqual([name, Object.keys(model.operations).sort()]);
  });

  it("The gateway serves every operation that a function or a command calls.", () => {
    const made = globSync(["functions/**/*.ts", "shared/*.ts", "cli/**/*.ts"]).flatMap((file) =>
      callsIn(readFileSync(file, "utf8")),
    );
    expect(made.length).toBeGreaterThan(20);
    const served = world.services.flatMap(({ name, operations }) =>
      Object.keys(operations).map((operation) => `${name.toLowerCase()}.${operation}`),
    );
    // Only stages call these two, and in a rehearsal moto answers them.
    const elsewhere = ["secretsmanager.GetSecretValue", "ssm.GetParameter"];
    expect(made.filter((call) => !served.includes(call)).sort()).toEqual(elsewhere);
  });

  it("The gateway serves the operations that local/README.md lists.", () => {
    const readme = readFileSync("local/README.md", "utf8");
    const rows = world.services.map(({ name, operations }) => {
      const [, row = ""] = new RegExp(`^\\| ${name} \\| (.*) \\|$`, "m").exec(readme) ?? [];
      return [Object.keys(operations).sort(), [...row.matchAll(/`(\w+)`/g)].map(([, operation]) => operation).sort()];
    });
    for (const [served, documented] of rows) expect(documented).toEqual(served);
  });

  it.each(["", "ListEverything", "constructor", "toString"])(
    "The gateway refuses the operation %j of every service as an UnknownOperationException, and records the call.",
    async (operation) => {
      for (const { name, signingName } of world.services) {
        const response = await fetch(`${world.endpoint}/bucket/key`, {
          method: name === "S3" ? "DELETE" : "POST",
          headers: {
            authorization: authorization(signingName),
            "x-amz-target": `Service_1.${operation}`,
            "content-type": "application/x-www-form-urlencoded",
          },
          body: ["SNS", "STS"].includes(name) ? `Action=${operation}` : "{}",
        });
        expect([name, response.status]).toEqual([name, 400]);
        expect(await response.text()).toContain("UnknownOperationException");
        expect(world.calls.at(-1)).toMatchObject({ service: name, error: { name: "UnknownOperationException" } });
      }
    },
  );
});

describe("a fault", () => {
  const sns = (maxAttempts: number) => new SNSClient({ ...localClient(world.endpoint), maxAttempts });
  const dynamodb = () => new DynamoDBClient({ ...localClient(world.endpoint), maxAttempts: 1 });
  const message = { TopicArn: topicArn("egress"), Message: "a" };
  const item = { TableName: "palisade-starts", Item: { id: { S: "1" } } };

  it("The gateway refuses a call that meets the fault fail with its error, and the call has no effect.", async () => {
    faults.push({ kind: "fail", service: "dynamodb", operation: "putitem", errorName: "Broken", remaining: 1 });
    await expect(dynamodb().send(new PutItemCommand(item))).rejects.toMatchObject({ name: "Broken" });
    const { Item } = await dynamodb().send(new GetItemCommand({ TableName: item.TableName, Key: item.Item }));
    expect(Item).toBeUndefined();
    expect(world.calls[0]).toMatchObject({ fault: "fail", error: { name: "Broken" } });
    expect(Object.keys(world.calls[1] ?? {})).toEqual(["service", "operation", "input", "error"]);
  });

  it("The gateway lets a call that meets the fault lose take effect, and cuts its connection.", async () => {
    faults.push({ kind: "lose", service: "DynamoDB", operation: "PutItem", remaining: 1 });
    await expect(dynamodb().send(new PutItemCommand(item))).rejects.toMatchObject({ code: "ECONNRESET" });
    const { Item } = await dynamodb().send(new GetItemCommand({ TableName: item.TableName, Key: item.Item }));
    expect(Item).toEqual(item.Item);
    expect(world.calls[0]).toMatchObject({ fault: "lose", error: null });
  });

  it("The gateway serves a call that meets the fault lose again when the SDK tries again.", async () => {
    faults.push({ kind: "lose", service: "SNS", operation: "Publish", remaining: 1 });
    await sns(2).send(new PublishCommand(message));
    expect(world.calls.map(({ error, fault }) => [error, fault])).toEqual([
      [null, "lose"],
      [null, undefined],
    ]);
  });

  it("The gateway records the refusal of a wrong call that meets the fault lose.", async () => {
    faults.push({ kind: "lose", service: "SNS", operation: "Publish", remaining: 1 });
    await expect(sns(1).send(new PublishCommand({ ...message, Message: "" }))).rejects.toThrow();
    expect(world.calls[0]).toMatchObject({ fault: "lose", error: { name: "InvalidParameter" } });
  });

  it("The gateway lets a call that meets the fault crash-after take effect, ends the invocation and gives no answer.", async () => {
    faults.push({ kind: "crash-after", service: "SNS", operation: "Publish", remaining: 1 });
    await expect(sns(1).send(new PublishCommand(message))).rejects.toMatchObject({ code: "ECONNRESET" });
    expect([crashes, world.calls[0]?.fault, world.calls[0]?.error]).toEqual([1, "crash-after", null]);
  });

  it("The gateway gives no answer to a call that meets the fault hang, and the call has no effect.", async () => {
    faults.push({ kind: "hang", service: "SNS", operation: "Publish", remaining: 1 });
    const abortSignal = AbortSignal.timeout(100);
    await expect(sns(1).send(new PublishCommand(message), { abortSignal })).rejects.toMatchObject({
      name: "AbortError",
    });
    expect(world.calls[0]).toMatchObject({ fault: "hang" });
  });

  it("The gateway of a world does not start with a fault of an unknown service.", async () => {
    const fault: Fault = { kind: "lose", service: "SNSS", operation: "Publish", remaining: 1 };
    await expect(createWorld({ faults: [fault] })).rejects.toThrow("Did you mean SNS?");
  });
});

it("The gateway calls the option `before` right before it serves a call.", async () => {
  const seen: string[] = [];
  before = ({ service, operation }) => {
    seen.push(`${service}.${operation}`);
    expect(world.calls.at(-1)?.operation).toBe(operation);
  };
  const client = new SNSClient(localClient(world.endpoint));
  await client.send(new PublishCommand({ TopicArn: topicArn("egress"), Message: "a" }));
  expect(seen).toEqual(["SNS.Publish"]);
});

it("The gateway closes its connections and its services.", async () => {
  let closed = 0;
  const [service] = world.services;
  if (!service) throw new Error("There is no service.");
  const close = async () => {
    closed += 1;
  };
  const other = await gateway([{ ...service, close }]);
  // A connection that stays open after its answer.
  const agent = new Agent({ keepAlive: true });
  const [response] = await once(get(other.endpoint, { agent }), "response");
  response.resume();
  await once(response, "end");
  const [socket] = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
  const ended = once(socket ?? agent, "close");
  await other.close();
  await ended;
  expect(closed).toBe(1);
  await expect(fetch(other.endpoint)).rejects.toThrow();
});

/** The SDK calls in a source file, as `sns.Publish`. */
function callsIn(source: string): string[] {
  const imports = source.matchAll(/import (?:type )?\{([^}]*)\} from "@aws-sdk\/client-([\w-]+)"/g);
  return [...imports].flatMap(([, names = "", service]) =>
    [...names.matchAll(/\b(?:(\w+)Command|paginate(\w+))(?=\s*(,|$))/gm)].map(
      ([, command, page]) => `${service?.replaceAll("-", "")}.${command ?? page}`,
    ),
  );
}
