import * as z from "zod";
import { type PlannedResource, plannedResources, valuesOf } from "../terraform/planned.ts";

// What the runtime reads of each type. A key that it does not name is one that does not change how a rehearsal goes; blocks that
// do are strict, so that a setting which the runtime does not know is an error.

const nullish = <Value extends z.ZodType>(schema: Value) => schema.nullish().transform((value) => value ?? undefined);
/** An optional text, which Terraform may have as null or "". */
const text = nullish(z.string()).transform((value) => value || undefined);
const texts = nullish(z.array(z.string())).transform((value) => value ?? []);
const minutes = nullish(z.number()).transform((value) => value || undefined);
const configuration = nullish(z.record(z.string(), z.string())).transform((value) => value ?? {});
const none = nullish(z.array(z.never()));

const rule = z.strictObject({
  name: z.string(),
  rule_type_id: z
    .array(
      z.strictObject({
        category: z.literal("Rule"),
        owner: z.literal("AWS"),
        provider: z.string(),
        version: z.literal("1"),
      }),
    )
    .length(1),
  configuration,
  commands: nullish(z.array(z.never())),
  input_artifacts: nullish(z.array(z.never())),
  region: nullish(z.string()),
  role_arn: nullish(z.string()),
  timeout_in_minutes: minutes,
});
const conditions = nullish(
  z.array(
    z.strictObject({
      condition: z.array(z.strictObject({ result: z.string(), rule: z.array(rule).min(1).max(5) })).length(1),
    }),
  ),
).transform((value) => value?.[0]?.condition[0]);
export type Condition = NonNullable<z.output<typeof conditions>>;

const action = z.strictObject({
  name: z.string(),
  category: z.enum(["Source", "Build", "Test", "Approval"]),
  owner: z.literal("AWS"),
  provider: z.enum(["CodeCommit", "S3", "CodeBuild", "Manual"]),
  version: z.literal("1"),
  configuration,
  input_artifacts: texts,
  output_artifacts: texts,
  namespace: text,
  region: text,
  role_arn: text,
  run_order: nullish(z.number()).transform((value) => value || 1),
  timeout_in_minutes: minutes,
});
export type Action = z.output<typeof action>;

const stage = z.strictObject({
  name: z.string(),
  action: z.array(action).min(1).max(50),
  before_entry: conditions,
  // Nobody has used them here so far.
  on_success: none,
  on_failure: none,
});
export type Stage = z.output<typeof stage>;

const pipeline = z.object({
  name: z.string(),
  role_arn: z.string(),
  pipeline_type: z.literal("V2"),
  execution_mode: z.enum(["QUEUED", "PARALLEL"]),
  variable: nullish(
    z.array(z.strictObject({ name: z.string(), default_value: text, description: nullish(z.string()) })),
  ).transform((value) => value ?? []),
  stage: z.array(stage).min(2).max(50),
  artifact_store: z.array(z.looseObject({ location: z.string(), type: z.literal("S3"), region: text })).length(1),
  trigger: none,
});
export type DeployedPipeline = z.output<typeof pipeline> & { address: string };

const project = z.object({
  name: z.string(),
  service_role: z.string(),
  /** Minutes. */
  build_timeout: z.number().default(60),
  source: z.array(z.looseObject({ type: z.string(), buildspec: text })).length(1),
  environment: z
    .array(
      z.looseObject({
        image: z.string(),
        environment_variable: nullish(
          z.array(
            z.strictObject({
              name: z.string(),
              value: z.string(),
              type: nullish(z.literal(["PLAINTEXT", ""])),
            }),
          ),
        ).transform((value) => value ?? []),
      }),
    )
    .length(1),
  cache: nullish(z.array(z.looseObject({ type: text }))).transform((value) => value?.[0]?.type ?? "NO_CACHE"),
});
export type Project = z.output<typeof project>;

const deployedFunction = z.object({
  function_name: z.string(),
  arn: z.string(),
  role: z.string(),
  /** Its zip. */
  filename: z.string(),
  /** Seconds. */
  timeout: z.number().default(3),
  environment: nullish(z.array(z.object({ variables: configuration }))).transform(
    (value) => value?.[0]?.variables ?? {},
  ),
});
export type DeployedFunction = z.output<typeof deployedFunction>;

const eventRule = z.object({
  name: z.string(),
  event_pattern: text,
  schedule_expression: text,
  state: nullish(z.string()),
  event_bus_name: nullish(z.literal("default")),
});
export type EventRule = z.output<typeof eventRule>;

const eventTarget = z.object({
  rule: z.string(),
  arn: z.string(),
  // A function gets the event as it is.
  input: nullish(z.literal("")),
  input_path: nullish(z.literal("")),
  input_transformer: none,
});
export type EventTarget = z.output<typeof eventTarget>;

/** What a root deploys of a release system, in the parts that run. */
export interface Deployment {
  pipelines: readonly DeployedPipeline[];
  projects: readonly Project[];
  functions: readonly DeployedFunction[];
  rules: readonly EventRule[];
  targets: readonly EventTarget[];
  resources: readonly PlannedResource[];
}

/**
 * Reads what runs out of `terraform show -json`, of a plan or of a state.
 *
 * @throws Error that names a value which is not known yet, and a setting that the runtime does not know
 */
export function readDeployment(json: string): Deployment {
  const resources = plannedResources(json);
  const all = <Schema extends z.ZodObject>(type: string, schema: Schema): z.output<Schema>[] =>
    resources.filter((resource) => resource.type === type).map((resource) => valuesOf(resource, schema));
  return {
    resources,
    pipelines: resources
      .filter(({ type }) => type === "aws_codepipeline")
      .map((resource) => ({ ...valuesOf(resource, pipeline), address: resource.address })),
    projects: all("aws_codebuild_project", project),
    functions: all("aws_lambda_function", deployedFunction),
    rules: all("aws_cloudwatch_event_rule", eventRule),
    targets: all("aws_cloudwatch_event_target", eventTarget),
  };
}
