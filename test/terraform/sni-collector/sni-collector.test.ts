import { createHash } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
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
const ACCOUNT = "123456789012";
// The second has every character that CloudWatch Logs allows.
const LOG_GROUPS = ["/aws/network-firewall/egress/alert", "Mine.2/alert_logs-#1"];
const VARIABLES = {
  region: "eu-central-1",
  // The newest that the provider knows before version 6.19.
  lambda_runtime: "nodejs22.x",
  alert_log_groups: LOG_GROUPS,
  subscribers: { "team@example.com": {} },
};
/** A deployment with the default values, and one beside it whose every value is another. */
const DEPLOYMENTS = [
  {
    ...{ region: "eu-central-1", partition: "aws", logs: "amazonaws.com", name: "sni-collector" },
    settings: { DIGEST_MINUTES: 5, TTL_DAYS: 30, DEFANG: true, MAX_PAYLOAD_MIB: 64 },
    lambda: { memory_size: 1024, timeout: 60, reserved_concurrent_executions: -1 },
    ...{ days: 365, isProtected: true, tags: { Project: "palisade", Root: "sni-collector" } },
    role: { name: "sni-collector-eu-central-1", path: "/", permissions_boundary: "" },
    subscriptions: {
      digests: {
        "all@example.com": ["email", { audience: ["people"] }],
        "blocked@example.com": ["email", { audience: ["people"], blocked: ["true"] }],
        "+4915112345678": ["sms", { audience: ["people"], blocked: ["true"] }],
        "https://example.com/hook": ["https", { audience: ["machines"] }],
        "arn:aws:sqs:eu-central-1:123456789012:siem": ["sqs", { audience: ["machines"], blocked: ["true"] }],
        "json@example.com": ["email-json", { audience: ["machines"] }],
      },
      alarms: {
        "blocked@example.com": ["email", null],
        "alarms@example.com": ["email", null],
        "arn:aws:sqs:eu-central-1:123456789012:siem": ["sqs", null],
      },
    },
    variables: {
      subscribers: {
        "all@example.com": {},
        "blocked@example.com": { digests: "blocked", alarms: true },
        "alarms@example.com": { digests: "none", alarms: true },
        "+4915112345678": { protocol: "sms", digests: "blocked" },
        "https://example.com/hook": { protocol: "https" },
        "arn:aws:sqs:eu-central-1:123456789012:siem": { protocol: "sqs", digests: "blocked", alarms: true },
        "json@example.com": { protocol: "email-json" },
      },
    },
  },
  {
    ...{ region: "cn-north-1", partition: "aws-cn", logs: "amazonaws.com.cn", name: "mine-2" },
    settings: { DIGEST_MINUTES: 0, TTL_DAYS: 7, DEFANG: false, MAX_PAYLOAD_MIB: 32 },
    lambda: { memory_size: 512, timeout: 90, reserved_concurrent_executions: 3 },
    ...{ days: 30, isProtected: false, tags: { Project: "palisade", Root: "mine", Owner: "network" } },
    role: {
      name: "mine-2-cn-north-1",
      path: "/palisade/",
      permissions_boundary: "arn:aws-cn:iam::123456789012:policy/boundary",
    },
    subscriptions: { digests: { "team@example.com": ["email", { audience: ["people"] }] }, alarms: {} },
    variables: {
      ...{ name: "mine-2", deletion_protection: false },
      ...{ memory_size: 512, timeout: 90, reserved_concurrency: 3, log_retention_days: 30, role_path: "/palisade/" },
      ...{
        digest_minutes: 0,
        ttl_days: 7,
        defang: false,
        max_payload_mib: 32,
        tags: { Owner: "network", Root: "mine" },
      },
      permissions_boundary_arn: "arn:aws-cn:iam::123456789012:policy/boundary",
    },
  },
].map((deployment) => ({
  ...deployment,
  root: Root.of("sni-collector"),
  happened: [] as string[],
  resources: [] as Resource[],
}));

/** The alarms of a deployment: metric, dimensions, condition, and whether its end means that the fault is over. */
function alarmsOf(name: string, timeout: number) {
  const sum = "Sum GreaterThanThreshold 0 in 1 x 300 s";
  const of = { FunctionName: name };
  const failures = { QueueName: `${name}-failures` };
  const undelivered = { QueueName: `${name}-undelivered` };
  const almostTimeout = `Maximum GreaterThanThreshold ${timeout * 800} in 1 x 300 s`;
  return {
    [`${name}-failures`]: ["AWS/SQS NumberOfMessagesSent", failures, sum, false],
    [`${name}-failures-waiting`]: [
      "AWS/SQS ApproximateNumberOfMessagesVisible",
      failures,
      "Maximum GreaterThanThreshold 0 in 24 x 3600 s",
      false,
    ],
    [`${name}-lost-events`]: ["AWS/Lambda DestinationDeliveryFailures", of, sum, false],
    [`${name}-dropped-events`]: ["AWS/Lambda AsyncEventsDropped", of, sum, false],
    [`${name}-undelivered`]: ["AWS/SQS NumberOfMessagesSent", undelivered, sum, false],
    [`${name}-undelivered-flush`]: [
      "AWS/Events InvocationsFailedToBeSentToDlq",
      { RuleName: `${name}-flush` },
      sum,
      false,
    ],
    [`${name}-errors`]: ["AWS/Lambda Errors", of, sum, true],
    [`${name}-throttles`]: ["AWS/Lambda Throttles", of, sum, true],
    [`${name}-duration`]: ["AWS/Lambda Duration", of, almostTimeout, true],
    [`${name}-no-invocations`]: [
      "AWS/Lambda Invocations",
      of,
      "Sum LessThanThreshold 1 in 1 x 900 s, missing data breaching",
      true,
    ],
    [`${name}-rejected-names`]: ["Palisade RejectedNames", { service: name }, sum, false],
    [`${name}-unreadable-records`]: ["Palisade UnreadableRecords", { service: name }, sum, false],
    ...Object.fromEntries(
      LOG_GROUPS.flatMap((LogGroupName) => {
        const dimensions = { LogGroupName, DestinationType: "Lambda", FilterName: name };
        return [
          [`${name}-alerts-not-delivered-${LogGroupName}`, ["AWS/Logs DeliveryErrors", dimensions, sum, false]],
          [`${name}-alerts-throttled-${LogGroupName}`, ["AWS/Logs DeliveryThrottling", dimensions, sum, true]],
        ];
      }),
    ),
    ...Object.fromEntries(
      ["digests", "alarms"].map((topic) => [
        `${name}-${topic}-not-delivered`,
        ["AWS/SNS NumberOfNotificationsFailed", { TopicName: `${name}-${topic}` }, sum, true],
      ]),
    ),
  };
}

/** Makes the alert logs, which belong to other roots. */
async function makeLogGroups(aws: string, region: string): Promise<void> {
  const logGroups = Object.fromEntries(LOG_GROUPS.map((name, index) => [`alerts-${index}`, { name }]));
  const root = new Root();
  root.useMoto(aws, region);
  writeFileSync(
    join(root.folder, "main.tf.json"),
    JSON.stringify({ resource: { aws_cloudwatch_log_group: logGroups } }),
  );
  await root.run("init");
  await root.apply();
  root.remove();
}

describe("two deployments on moto", () => {
  beforeAll(async () => {
    const { aws, stop } = await startMoto();
    // The provider mostly waits for SQS, so both deployments are made at once.
    await Promise.all(
      DEPLOYMENTS.map(async (deployment) => {
        const { root, region, variables } = deployment;
        await makeLogGroups(aws, region);
        root.useMoto(aws, region);
        root.override("modules/event-processor");
        root.give({ ...VARIABLES, region, ...variables });
        await root.run("init");
        deployment.happened = await root.apply();
        deployment.resources = await root.resources();
      }),
    );
    return stop;
  });
  afterAll(() => {
    for (const { root } of DEPLOYMENTS) root.remove();
  });

  describe.each(DEPLOYMENTS)("$name in $region", (deployed) => {
    const { region, partition, logs, name, root } = deployed;
    const the = (address: string) => {
      const found = deployed.resources.find((resource) => resource.address === address);
      if (!found) throw new Error(`There is no ${address}.`);
      return found.values;
    };
    const all = (type: string) =>
      deployed.resources.filter((resource) => resource.type === type).map(({ values }) => values);
    const policyOf = (address: string, attribute = "policy") => JSON.parse(the(address)[attribute]);
    const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${ACCOUNT}:${resource}`;
    const key = () => the("module.key.aws_kms_key.this").arn;

    it(`A second plan of ${name} changes nothing.`, async () => {
      expect(deployed.resources.length).toBeGreaterThan(40);
      await root.run("plan", ["-detailed-exitcode"], 0);
    });

    it(`AWS services use the key of ${name} for its log, its queue and its alarm topic alone.`, () => {
      const allowed = { Effect: "Allow", Resource: "*" };
      expect(policyOf("module.key.aws_kms_key.this")).toEqual({
        Version: "2012-10-17",
        Statement: [
          {
            ...allowed,
            Sid: "AccountDecidesByIam",
            Principal: { AWS: `arn:${partition}:iam::${ACCOUNT}:root` },
            Action: "kms:*",
          },
          {
            ...allowed,
            Sid: "CloudwatchToTopics",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: ["kms:GenerateDataKey*", "kms:Decrypt"],
            Condition: { ArnEquals: { "kms:EncryptionContext:aws:sns:topicArn": arn("sns", `${name}-alarms`) } },
          },
          {
            ...allowed,
            Sid: "EventsToQueues",
            Principal: { Service: "events.amazonaws.com" },
            Action: ["kms:GenerateDataKey*", "kms:Decrypt"],
            Condition: { ArnEquals: { "kms:EncryptionContext:aws:sqs:arn": arn("sqs", `${name}-undelivered`) } },
          },
          {
            ...allowed,
            Sid: "LogGroups",
            Principal: { Service: `logs.${region}.${logs}` },
            Action: ["kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Encrypt", "kms:DescribeKey", "kms:Decrypt"],
            Condition: {
              ArnEquals: { "kms:EncryptionContext:aws:logs:arn": arn("logs", `log-group:/aws/lambda/${name}`) },
            },
          },
        ],
      });
    });

    it(`All data of ${name} is encrypted with its key.`, () => {
      for (const [attribute, count, encrypted] of [
        ["kms_master_key_id", 4, [...all("aws_sns_topic"), ...all("aws_sqs_queue")]],
        ["kms_key_id", 1, all("aws_cloudwatch_log_group")],
        [
          "kms_key_arn",
          2,
          [...all("aws_lambda_function"), ...all("aws_dynamodb_table").map((v) => v.server_side_encryption[0])],
        ],
      ] as const)
        expect(encrypted.map((values) => values[attribute])).toEqual(Array(count).fill(key()));
    });

    it(`The role of ${name} is for Lambda, and allows the calls of the function and of Lambda alone.`, () => {
      const role = "module.sni_collector.aws_iam_role";
      expect(policyOf(`${role}.this`, "assume_role_policy")).toEqual({
        Version: "2012-10-17",
        Statement: [
          { Sid: "Lambda", Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
      });
      expect(policyOf(`${role}_policy.function`)).toEqual({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "RememberHostnames",
            Effect: "Allow",
            Action: [
              "dynamodb:UpdateItem",
              "dynamodb:Query",
              "dynamodb:PutItem",
              "dynamodb:BatchWriteItem",
              "dynamodb:BatchGetItem",
            ],
            Resource: arn("dynamodb", `table/${name}-hostnames`),
          },
          { Sid: "SendDigests", Effect: "Allow", Action: "sns:Publish", Resource: arn("sns", `${name}-digests`) },
        ],
      });
      expect(policyOf(`${role}_policy.platform`)).toEqual({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "WriteOwnLog",
            Effect: "Allow",
            Action: ["logs:PutLogEvents", "logs:CreateLogStream"],
            Resource: arn("logs", `log-group:/aws/lambda/${name}:*`),
          },
          {
            Sid: "KeepFailedEvents",
            Effect: "Allow",
            Action: "sqs:SendMessage",
            Resource: arn("sqs", `${name}-failures`),
          },
          { Sid: "UseKey", Effect: "Allow", Action: ["kms:GenerateDataKey*", "kms:Decrypt"], Resource: key() },
          {
            Sid: "WriteTraces",
            Effect: "Allow",
            Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
            Resource: "*",
          },
        ],
      });
      expect(all("aws_iam_role")).toHaveLength(1);
      expect(all("aws_iam_role_policy")).toHaveLength(2);
    });

    it(`Only CloudWatch publishes to the alarm topic of ${name}, besides roles of the account, and only over TLS.`, () => {
      const tlsOnly = (topic: string) => ({
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: arn("sns", topic),
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      });
      expect(policyOf("module.digests.aws_sns_topic_policy.this")).toEqual({
        Version: "2012-10-17",
        Statement: [tlsOnly(`${name}-digests`)],
      });
      expect(policyOf("module.alarms.aws_sns_topic_policy.this")).toEqual({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Cloudwatch",
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: "sns:Publish",
            Resource: arn("sns", `${name}-alarms`),
            Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
          },
          tlsOnly(`${name}-alarms`),
        ],
      });
    });

    it(`Only the rule of ${name} puts events into the queue for what it cannot hand over, and only over TLS.`, () => {
      const Resource = arn("sqs", `${name}-undelivered`);
      expect(policyOf("module.sni_collector.aws_sqs_queue_policy.undelivered[0]")).toEqual({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Rules",
            Effect: "Allow",
            Principal: { Service: "events.amazonaws.com" },
            Action: "sqs:SendMessage",
            Resource,
            Condition: { ArnEquals: { "aws:SourceArn": arn("events", `rule/${name}-flush`) } },
          },
          {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*",
            Action: "sqs:*",
            Resource,
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      });
    });

    it(`Only the log groups with the alerts and the rule invoke ${name}.`, () => {
      const permission = { action: "lambda:InvokeFunction", function_name: name };
      const permissions = all("aws_lambda_permission").map(
        ({ action, function_name, principal, source_account, source_arn, statement_id }) => ({
          ...{ action, function_name, principal, source_account, source_arn, statement_id },
        }),
      );
      expect(permissions).toHaveLength(3);
      expect(permissions).toEqual(
        expect.arrayContaining([
          ...LOG_GROUPS.map((name) => ({
            ...permission,
            principal: `logs.${logs}`,
            source_account: ACCOUNT,
            source_arn: arn("logs", `log-group:${name}:*`),
            statement_id: `AlertLog-${createHash("sha256").update(name).digest("hex")}`,
          })),
          {
            ...permission,
            principal: "events.amazonaws.com",
            source_account: null,
            source_arn: arn("events", `rule/${name}-flush`),
            statement_id: "Rule-flush",
          },
        ]),
      );
      for (const { statement_id } of permissions) expect(statement_id).toMatch(/^[A-Za-z0-9_-]{1,100}$/);
    });

    it(`The function ${name} gets exactly the settings that it reads.`, () => {
      const { variables } = the("module.sni_collector.aws_lambda_function.this").environment[0];
      const { NODE_OPTIONS, ...settings } = variables;
      expect(Object.keys(settings).sort()).toEqual(Object.keys(settingsSchema.shape).sort());
      expect(settingsSchema.parse(settings)).toEqual({
        TABLE_NAME: `${name}-hostnames`,
        TOPIC_ARN: arn("sns", `${name}-digests`),
        ...deployed.settings,
      });
      expect(NODE_OPTIONS).toBe("--enable-source-maps");
    });

    it(`The log group of ${name} is made before the function, a permission before what uses it, and the policy of the queue before the target of the rule.`, () => {
      for (const [before, after] of [
        ["module.sni_collector.aws_cloudwatch_log_group.this", "module.sni_collector.aws_lambda_function.this"],
        ["module.sni_collector.aws_iam_role_policy.platform", "module.sni_collector.aws_lambda_function.this"],
        ["module.sni_collector.aws_iam_role_policy.function", "module.sni_collector.aws_lambda_function.this"],
        [
          'module.sni_collector.aws_lambda_permission.trigger["flush"]',
          'module.sni_collector.aws_cloudwatch_event_target.this["flush"]',
        ],
        [
          "module.sni_collector.aws_sqs_queue_policy.undelivered[0]",
          'module.sni_collector.aws_cloudwatch_event_target.this["flush"]',
        ],
        ...LOG_GROUPS.map((name) => [
          `aws_lambda_permission.alerts[${JSON.stringify(name)}]`,
          `aws_cloudwatch_log_subscription_filter.alerts[${JSON.stringify(name)}]`,
        ]),
      ]) {
        expect(deployed.happened).toContain(`complete ${before}`);
        expect([after, deployed.happened.indexOf(`start ${after}`)]).toEqual([
          after,
          expect.toSatisfy((start) => start > deployed.happened.indexOf(`complete ${before}`)),
        ]);
      }
    });

    it(`Each alert log has one subscription, which hands its records to ${name}.`, () => {
      const filters = all("aws_cloudwatch_log_subscription_filter");
      expect(filters.map(({ log_group_name }) => log_group_name).sort()).toEqual(LOG_GROUPS);
      for (const filter of filters)
        expect(filter).toMatchObject({ name, destination_arn: arn("lambda", `function:${name}`) });
    });

    it(`A rule wakes ${name} every minute, and keeps what it cannot hand over.`, () => {
      const module = "module.sni_collector.aws_cloudwatch_event";
      expect(the(`${module}_rule.this["flush"]`)).toMatchObject({
        name: `${name}-flush`,
        schedule_expression: "rate(1 minute)",
        event_pattern: null,
        state: "ENABLED",
      });
      expect(the(`${module}_target.this["flush"]`)).toMatchObject({
        arn: arn("lambda", `function:${name}`),
        input: "",
        retry_policy: [{ maximum_event_age_in_seconds: 60, maximum_retry_attempts: 2 }],
        dead_letter_config: [{ arn: arn("sqs", `${name}-undelivered`) }],
      });
    });

    it(`Events that ${name} failed on go to its failure queue.`, () => {
      expect(the("module.sni_collector.aws_lambda_function_event_invoke_config.this")).toMatchObject({
        function_name: name,
        destination_config: [{ on_failure: [{ destination: arn("sqs", `${name}-failures`) }], on_success: [] }],
      });
    });

    it(`The function ${name} and its role have the size, path and boundary that were asked for.`, () => {
      expect(the("module.sni_collector.aws_lambda_function.this")).toMatchObject(deployed.lambda);
      expect(the("module.sni_collector.aws_iam_role.this")).toMatchObject(deployed.role);
      expect(the("module.sni_collector.aws_cloudwatch_log_group.this").retention_in_days).toBe(deployed.days);
    });

    it(`The table of ${name} is billed on demand, deletes old hostnames, and can be restored.`, () => {
      expect(the("aws_dynamodb_table.hostnames")).toMatchObject({
        ...{ name: `${name}-hostnames`, billing_mode: "PAY_PER_REQUEST", hash_key: "pk", range_key: "sk" },
        ttl: [{ attribute_name: "expiresAt", enabled: true }],
        point_in_time_recovery: [{ enabled: true }],
        deletion_protection_enabled: deployed.isProtected,
      });
    });

    it(`All resources of ${name} have its tags.`, () => {
      const tagged = deployed.resources.filter(({ values }) => "tags_all" in values);
      expect(tagged.length).toBeGreaterThan(20);
      for (const { address, values } of tagged) expect([address, values.tags_all]).toEqual([address, deployed.tags]);
    });

    it(`Each subscriber of ${name} gets only what was asked for, people the text for people and machines the parts for machines.`, () => {
      const subscriptionsOf = (topic: string) =>
        Object.fromEntries(
          all("aws_sns_topic_subscription")
            .filter(({ topic_arn }) => topic_arn === arn("sns", `${name}-${topic}`))
            .map(({ endpoint, protocol, filter_policy, filter_policy_scope }) => {
              expect([null, "", "MessageAttributes"]).toContain(filter_policy_scope);
              return [endpoint, [protocol, JSON.parse(filter_policy || "null")]];
            }),
        );
      expect({ digests: subscriptionsOf("digests"), alarms: subscriptionsOf("alarms") }).toEqual(
        deployed.subscriptions,
      );
    });

    it(`Each fault of ${name} has an alarm on its metric, and there is no other alarm.`, () => {
      const topic = arn("sns", `${name}-alarms`);
      const found = all("aws_cloudwatch_metric_alarm").map((values) => {
        expect(values).toMatchObject({ actions_enabled: true, alarm_actions: [topic] });
        expect([[], [topic]]).toContainEqual(values.ok_actions ?? []);
        expect(values.alarm_description).toMatch(/ Impact: .+\.$/);
        const condition = `${values.statistic} ${values.comparison_operator} ${values.threshold} in ${values.evaluation_periods} x ${values.period} s`;
        const missing =
          values.treat_missing_data === "notBreaching" ? "" : `, missing data ${values.treat_missing_data}`;
        const { namespace, metric_name, dimensions, ok_actions } = values;
        return [
          values.alarm_name,
          [`${namespace} ${metric_name}`, dimensions, condition + missing, (ok_actions ?? []).length === 1],
        ];
      });
      expect(Object.fromEntries(found)).toEqual(alarmsOf(name, deployed.lambda.timeout));
    });

    it(`The dashboard of ${name} shows its alarms, its own metrics, its failures, and the failed events that wait.`, () => {
      const { dashboard_name, dashboard_body } = the("aws_cloudwatch_dashboard.this");
      expect(dashboard_name).toBe(`${name}-${region}`);
      const [alarms, ...charts] = JSON.parse(dashboard_body).widgets;
      expect(alarms.type).toBe("alarm");
      expect(alarms.properties.alarms.toSorted()).toEqual(
        Object.keys(alarmsOf(name, 60))
          .map((alarm) => arn("cloudwatch", `alarm:${alarm}`))
          .sort(),
      );
      const ofFunction = (metric: string) => ["Palisade", metric, "service", name];
      const ofQueues = (metric: string) =>
        ["failures", "undelivered"].map((queue) => ["AWS/SQS", metric, "QueueName", `${name}-${queue}`]);
      const chart = (title: string, metrics: unknown[], stat = "Sum") => ({
        region,
        period: 300,
        title,
        stat,
        metrics,
      });
      expect(charts.map(({ type, properties }: Record<string, object>) => ({ type, ...properties }))).toEqual(
        [
          chart("Records", [ofFunction("Records")]),
          chart("New hostnames", [ofFunction("NewNames")]),
          chart("Hostnames: blocked and allowed", [
            [...ofFunction("BlockedNames"), { id: "blocked", label: "blocked" }],
            [...ofFunction("Names"), { id: "all", visible: false }],
            [{ expression: "all - blocked", label: "allowed" }],
          ]),
          chart("Digests", [ofFunction("Digests")]),
          chart("Failures", [["AWS/Lambda", "Errors", "FunctionName", name], ...ofQueues("NumberOfMessagesSent")]),
          chart("Failed events that wait", ofQueues("ApproximateNumberOfMessagesVisible"), "Maximum"),
        ].map((properties) => ({ type: "metric", ...properties })),
      );
      const places = JSON.parse(dashboard_body).widgets.map((widget: Record<string, number>) => [widget.x, widget.y]);
      expect(new Set(places.map(String)).size).toBe(7);
    });
  });

  const [first, second] = DEPLOYMENTS;
  const filterPatterns = () =>
    new Set(
      first?.resources
        .filter(({ type }) => type === "aws_cloudwatch_log_subscription_filter")
        .map(({ values }) => values.filter_pattern),
    );

  it("The policy of the function allows each AWS call that the samples make, and no other.", async () => {
    const isPolicy = ({ address }: Resource) => address === "module.sni_collector.aws_iam_role_policy.function";
    const statements = statementsOf(first?.resources.find(isPolicy)?.values.policy);
    const allowed = Object.values(statements).flatMap(({ Action }) => Action);
    expect(await actionsOfSamples("sni-collector")).toEqual(allowed.sort());
  });

  it("The subscription takes every record of the samples that holds a hostname, and no flow.", () => {
    const [pattern, ...others] = filterPatterns();
    expect(others).toEqual([]);
    const matches = filterPattern(pattern);
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

  it("The event of the rule makes the function flush.", async () => {
    const sample = readSample(join(EVENTS, "flushed-rule.json"));
    expect(sample.event).toMatchObject({ source: "aws.events", "detail-type": "Scheduled Event", detail: {} });
    const [replayed] = await Array.fromAsync(replay([sample]));
    expect(replayed?.result).toMatchObject({ outcome: "flushed" });
  });

  it("A deployment without protection is destroyed with all that belongs to it.", async () => {
    expect(await second?.root.destroy()).toBe("");
  });
});

describe("wrong values of variables", () => {
  const root = Root.of("sni-collector");
  beforeAll(async () => {
    root.useMoto("http://127.0.0.1:1", VARIABLES.region);
    await root.run("init");
  });
  afterAll(() => root.remove());
  const refusalOf = async (variables: object) => {
    root.give({ ...VARIABLES, ...variables });
    return (await root.run("plan", ["-no-color"], 1)).replace(/[\s│]+/g, " ");
  };

  it("A plan with wrong values says what to write for each variable of the root.", async () => {
    const refusal = await refusalOf({
      region: "Frankfurt",
      name: "Sni_Collector",
      alert_log_groups: ["arn:aws:logs:eu-central-1:111122223333:log-group:made-up:*"],
      digest_minutes: 1.5,
      ttl_days: 0,
      max_payload_mib: 300,
      subscribers: { "team@example.com": { digests: "some" } },
    });
    expect(refusal).toContain("Write a region such as eu-central-1");
    expect(refusal).toContain("The name must have 1 to 38 of a-z, 0-9 and -");
    expect(refusal).toContain("Write names of log groups such as /aws/network-firewall/egress/alert, not ARNs");
    expect(refusal).toContain("The minutes must be a whole number from 0 to 1440");
    expect(refusal).toContain("The days must be a whole number from 1 to 3650");
    expect(refusal).toContain("The size must be a whole number from 1 to 256");
    expect(refusal).toContain("Digests must be all, blocked or none");
  });

  it("A plan without a log group says so.", async () => {
    expect(await refusalOf({ alert_log_groups: [] })).toContain("Write at least one log group");
  });

  it("A plan takes 40 log groups and no more.", async () => {
    const groups = Array.from({ length: 41 }, (_, index) => `/made-up/${index}`);
    expect(await refusalOf({ alert_log_groups: groups })).toContain("Write at most 40 log groups");
    expect(await refusalOf({ alert_log_groups: groups.slice(1) })).not.toContain("log groups:");
  });

  it("A plan with wrong values says what to write for each variable of the modules.", async () => {
    const refusal = await refusalOf({
      log_retention_days: 100,
      package: "../../dist/none.zip",
      subscribers: { "no address": {}, "+491234": { protocol: "phone" } },
    });
    expect(refusal).toContain("CloudWatch Logs keeps logs for 1, 3, 5");
    expect(refusal).toContain("There is no ../../dist/none.zip: run npm ci && npm run build");
    expect(refusal).toContain("Write e-mail addresses such as team@example.com");
    expect(refusal).toContain("A protocol must be application, email,");
  });
});
