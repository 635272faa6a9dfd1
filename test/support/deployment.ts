/** An action as `terraform show -json` has it: a build, if nothing else is said. */
export const action = (more: object = {}) => ({
  name: "Plan",
  category: "Build",
  owner: "AWS",
  provider: "CodeBuild",
  version: "1",
  configuration: { ProjectName: "sample-plan" },
  input_artifacts: ["Programs"],
  output_artifacts: [],
  namespace: null,
  region: "",
  role_arn: "",
  run_order: null,
  timeout_in_minutes: null,
  ...more,
});

export const source = (name: string) =>
  action({
    name,
    category: "Source",
    provider: "S3",
    configuration: { S3Bucket: "sample", S3ObjectKey: "stages.zip", PollForSourceChanges: "false" },
    input_artifacts: [],
    output_artifacts: [name],
  });

export const approval = (more: object = {}) =>
  action({
    name: "Approve",
    category: "Approval",
    provider: "Manual",
    configuration: {},
    input_artifacts: [],
    ...more,
  });

/** A stage condition on `#{Plan.CHANGES}`. */
export const changes = (result: string) => ({
  before_entry: [
    {
      condition: [
        {
          result,
          rule: [
            {
              name: "changes",
              rule_type_id: [{ category: "Rule", owner: "AWS", provider: "VariableCheck", version: "1" }],
              configuration: { Variable: "#{Plan.CHANGES}", Value: "0", Operator: "NE" },
              commands: null,
              input_artifacts: null,
              region: null,
              role_arn: null,
              timeout_in_minutes: null,
            },
          ],
        },
      ],
    },
  ],
});

/** The values of a pipeline: a source, and the stages given. */
export const pipelineValues = (
  stages: object[] = [{ name: "Plan", action: [action()] }],
  more: Record<string, unknown> = {},
) => ({
  name: "dev",
  role_arn: "arn:aws:iam::123456789012:role/sample-pipeline",
  pipeline_type: "V2",
  execution_mode: "PARALLEL",
  variable: [{ name: "TAG", default_value: "", description: "" }],
  artifact_store: [{ location: "sample", type: "S3", region: "" }],
  trigger: [],
  stage: [{ name: "Source", action: [source("Programs")] }, ...stages],
  ...more,
});

export const project = (name: string, buildspec = "version: 0.2\nphases: {}\n") => ({
  name,
  service_role: "arn:aws:iam::123456789012:role/sample-build",
  build_timeout: 60,
  source: [{ type: "CODEPIPELINE", buildspec }],
  environment: [{ image: "standard:8.0", environment_variable: [] }],
  cache: [{ type: "NO_CACHE" }],
});

/** The output of `terraform show -json` for resources named `this`, by type; a list makes more of one type. */
export function shown(
  types: Record<string, object | object[]>,
  {
    of = "planned_values",
    within = "",
    unknown = {},
  }: { of?: string; within?: string; unknown?: Record<string, object> } = {},
): string {
  const resources = Object.entries(types).flatMap(([type, values]) =>
    [values].flat().map((one) => ({ address: `${type}.this`, mode: "managed", type, values: one })),
  );
  const root = within === "" ? { resources } : { child_modules: [{ address: within, resources }] };
  const resource_changes = Object.entries(unknown).map(([type, after_unknown]) => ({
    address: `${type}.this`,
    change: { after_unknown },
  }));
  return JSON.stringify({ [of]: { root_module: root }, resource_changes });
}
