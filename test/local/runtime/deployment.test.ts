import { expect, it } from "vitest";
import { readDeployment } from "../../../local/runtime/deployment.ts";
import { action, pipelineValues, project, shown } from "../../support/deployment.ts";

const types = { aws_codepipeline: pipelineValues(), aws_codebuild_project: project("sample-plan") };

it("What runs is read out of a plan and out of a state alike, in modules too.", () => {
  const read = [shown(types), shown(types, { of: "values" }), shown(types, { within: "module.a" })].map(readDeployment);
  for (const { pipelines, projects } of read) {
    expect(pipelines).toMatchObject([
      {
        name: "dev",
        execution_mode: "PARALLEL",
        variable: [{ name: "TAG" }],
        stage: [{ name: "Source" }, { name: "Plan" }],
      },
    ]);
    expect(projects).toMatchObject([{ name: "sample-plan", build_timeout: 60 }]);
  }
});

it("A value that is needed and not known yet is an error that names it.", () => {
  const unknown = { stage: [{}, { action: [{ configuration: { ProjectName: true } }] }] };
  expect(() => readDeployment(shown(types, { unknown: { aws_codepipeline: unknown } }))).toThrow(
    "aws_codepipeline.this.stage[1].action[0].configuration.ProjectName is not known yet",
  );
  expect(() => readDeployment(shown(types, { unknown: { aws_codebuild_project: { service_role: true } } }))).toThrow(
    "aws_codebuild_project.this.service_role is not known yet",
  );
});

it("A value that nobody needs may be unknown.", () => {
  const unknown = { aws_codepipeline: { arn: true, id: true }, aws_codebuild_project: { arn: true } };
  expect(readDeployment(shown(types, { unknown })).pipelines).toHaveLength(1);
});

const stages = (more: object) => ({
  stage: [...pipelineValues().stage.slice(0, 1), { name: "Plan", action: [action()], ...more }],
});

it.each([
  ["another type of pipeline", { pipeline_type: "V1" }],
  ["another mode", { execution_mode: "SUPERSEDED" }],
  ["a trigger", { trigger: [{ provider_type: "CodeStarSourceConnection" }] }],
  ["a provider of actions", stages({ action: [action({ provider: "Jenkins" })] })],
  ["a category of actions", stages({ action: [action({ category: "Deploy" })] })],
  ["a setting of an action", stages({ action: [action({ commands: ["ls"] })] })],
  ["a rollback", stages({ on_failure: [{ result: "ROLLBACK" }] })],
  ["a condition on success", stages({ on_success: [{ condition: [] }] })],
])("A pipeline with %s that the runtime does not know is an error with its address.", (_what, more) => {
  const values = { ...pipelineValues(), ...more };
  expect(() => readDeployment(shown({ aws_codepipeline: values }))).toThrow("aws_codepipeline.this.");
});

it("A build with a secret in its environment is an error.", () => {
  const environment = [{ image: "a", environment_variable: [{ name: "A", value: "arn", type: "SECRETS_MANAGER" }] }];
  expect(() => readDeployment(shown({ aws_codebuild_project: { ...project("a"), environment } }))).toThrow(
    "aws_codebuild_project.this.environment.0.environment_variable.0.type",
  );
});

it("A target that gets something other than the event is an error.", () => {
  const target = { rule: "a", arn: "b" };
  expect(
    readDeployment(shown({ aws_cloudwatch_event_target: { ...target, input: "", input_path: null } })).targets,
  ).toHaveLength(1);
  for (const more of [{ input: "{}" }, { input_path: "$.detail" }, { input_transformer: [{}] }])
    expect(() => readDeployment(shown({ aws_cloudwatch_event_target: { ...target, ...more } }))).toThrow(
      "aws_cloudwatch_event_target.this.",
    );
});
