import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect } from "../../../functions/sni-collector/collect.ts";
import { decode } from "../../../functions/sni-collector/decode.ts";
import { settingsSchema } from "../../../functions/sni-collector/settings.ts";
import { replay } from "../../../local/runtime/replay.ts";
import { readSample } from "../../../local/runtime/sample.ts";
import { filterPattern } from "../support/filter-pattern.ts";
import { actionsOfSamples } from "../support/iam-actions.ts";
import { startMoto } from "../support/moto.ts";
import { type Resource, Root, statementsOf } from "../support/root.ts";

const EVENTS = join(import.meta.dirname, "..", "..", "..", "events", "sni-collector");
const VARIABLES = {
  region: "eu-central-1",
  // The newest that the provider knows before version 6.19.
  lambda_runtime: "nodejs22.x",
  deletion_protection: false,
  subscribers: { "team@example.com": {}, "oncall@example.com": { digests: "blocked", alarms: true } },
};

const root = Root.of("egress");
beforeAll(async () => {
  const { aws, stop } = await startMoto();
  root.useMoto(aws, VARIABLES.region);
  root.override("egress", "modules/event-processor");
  await root.run("init");
  return stop;
});
afterAll(() => root.remove());

describe("the egress network without its firewall, which moto lacks", () => {
  let happened: string[] = [];
  let resources: Resource[] = [];
  beforeAll(async () => {
    root.give(VARIABLES);
    happened = await root.apply();
    resources = await root.resources();
  });
  const the = (address: string) => {
    const found = resources.find((resource) => resource.address === address);
    if (!found) throw new Error(`There is no ${address}.`);
    return found.values;
  };
  const order = (...steps: string[]) => steps.map((step) => happened.indexOf(step));

  it("A second plan of the root changes nothing.", async () => {
    expect(resources.length).toBeGreaterThan(40);
    await root.run("plan", ["-detailed-exitcode"], 0);
  });

  it("The function gets exactly the settings that it reads.", () => {
    const { variables } = the("module.sni_collector.aws_lambda_function.this").environment[0];
    const { NODE_OPTIONS, ...settings } = variables;
    expect(Object.keys(settings).sort()).toEqual(Object.keys(settingsSchema.shape).sort());
    expect(settingsSchema.parse(settings)).toMatchObject({ DIGEST_MINUTES: 5, TTL_DAYS: 30, DEFANG: true });
    expect(NODE_OPTIONS).toBe("--enable-source-maps");
  });

  it("The policy of the function allows each AWS call that the samples make, and no other.", async () => {
    const statements = statementsOf(the("module.sni_collector.aws_iam_role_policy.function").policy);
    const allowed = Object.values(statements).flatMap(({ Action }) => Action);
    expect(await actionsOfSamples("sni-collector")).toEqual(allowed.sort());
  });

  it("Each statement of a policy has a sid and names its resource.", () => {
    const policies = resources.filter(({ type }) => type === "aws_iam_role_policy");
    expect(policies.map(({ address }) => address)).toEqual(
      expect.arrayContaining([
        "aws_iam_role_policy.flush",
        "module.sni_collector.aws_iam_role_policy.function",
        "module.sni_collector.aws_iam_role_policy.platform",
      ]),
    );
    for (const { values } of policies)
      for (const [sid, { Resource }] of Object.entries(statementsOf(values.policy))) {
        expect(sid).toMatch(/^[A-Z][A-Za-z]+$/);
        if (sid !== "WriteTraces") expect(Resource).toMatch(/^arn:aws:[a-z0-9]+:eu-central-1:123456789012:/);
      }
  });

  it("Log groups are made before the function, and the permission before the subscription.", () => {
    const [log, policy, lambda] = order(
      "complete module.sni_collector.aws_cloudwatch_log_group.this",
      "complete module.sni_collector.aws_iam_role_policy.platform",
      "start module.sni_collector.aws_lambda_function.this",
    );
    expect(log).toBeGreaterThan(-1);
    expect(policy).toBeGreaterThan(-1);
    expect(lambda).toBeGreaterThan(Math.max(log ?? 0, policy ?? 0));
    const [permission, filter] = order(
      "complete aws_lambda_permission.alerts",
      "start aws_cloudwatch_log_subscription_filter.alerts",
    );
    expect(permission).toBeGreaterThan(-1);
    expect(filter).toBeGreaterThan(permission ?? 0);
  });

  it("The subscription takes every record of the samples that holds a hostname, and no flow.", () => {
    const matches = filterPattern(the("aws_cloudwatch_log_subscription_filter.alerts").filter_pattern);
    let named = 0;
    for (const { event } of readdirSync(EVENTS).map((name) => readSample(join(EVENTS, name)))) {
      const { awslogs } = event as { awslogs?: { data: string } };
      if (!awslogs) continue;
      for (const logEvent of decode(awslogs.data, 100_000_000).logEvents) {
        const { message } = logEvent as { message: string };
        const isNamed = collect([logEvent], 0).sightings.length > 0;
        if (isNamed) named += 1;
        if (isNamed) expect([message, matches(message)]).toEqual([message, true]);
        if (message.includes('"netflow"')) expect(matches(message)).toBe(false);
      }
    }
    expect(named).toBeGreaterThan(1_000);
  });

  it("The schedule wakes the function every minute with an event that makes it flush.", async () => {
    const { schedule_expression, target } = the("aws_scheduler_schedule.flush");
    expect(schedule_expression).toBe("rate(1 minute)");
    const sample = readSample(join(EVENTS, "flushed-scheduler.json"));
    const [replayed] = await Array.fromAsync(replay([{ ...sample, event: JSON.parse(target[0].input) }]));
    expect(replayed?.result).toMatchObject({ outcome: "flushed" });
  });

  it("The network is destroyed with all that belongs to it.", async () => {
    expect(await root.destroy()).toBe("");
  });
});

describe("wrong values of variables", () => {
  const refusalOf = async (variables: object) => {
    root.give({ ...VARIABLES, ...variables });
    return (await root.run("plan", ["-no-color"], 1)).replace(/[\s│]+/g, " ");
  };

  it("A plan with wrong values says what to write for each variable of the root.", async () => {
    const refusal = await refusalOf({
      vpc_cidr: "10.0.0.0/24",
      zones: ["a"],
      allowed_domains: ["https://example.com", "*.example.org", ".example.net"],
      subscribers: { "no address": {} },
      create_network: false,
      region: "Frankfurt",
      name: "Egress",
      mode: "block",
      eks_cluster_names: ["no cluster"],
      digest_minutes: 1.5,
      ttl_days: 0,
      max_payload_mib: 300,
    });
    expect(refusal).toContain("Write a region such as eu-central-1");
    expect(refusal).toContain("The name must have 1 to 24 of a-z, 0-9 and -");
    expect(refusal).toContain("The mode must be enforce or observe");
    expect(refusal).toContain("Write names of EKS clusters");
    expect(refusal).toContain("The minutes must be a whole number from 0 to 1440");
    expect(refusal).toContain("The days must be a whole number from 1 to 3650");
    expect(refusal).toContain("The size must be a whole number from 1 to 256");
    expect(refusal).toContain("Write an IPv4 network from /16 to /21, such as 10.0.0.0/16");
    expect(refusal).toContain('Write two or more letters from a to f, such as ["a", "b"]');
    expect(refusal).toContain("These are not domains: *.example.org, https://example.com. Write example.com");
    expect(refusal).toContain("Write e-mail addresses such as team@example.com");
    expect(refusal).toContain("Write alert_log_group_name together with create_network = false");
  });

  it("A plan with wrong values says what to write for each variable of the module.", async () => {
    const refusal = await refusalOf({ log_retention_days: 100, package: "../../dist/none.zip" });
    expect(refusal).toContain("CloudWatch Logs keeps logs for 1, 3, 5");
    expect(refusal).toContain("There is no ../../dist/none.zip: run npm ci && npm run build");
  });
});
