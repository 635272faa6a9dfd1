import { expect, it } from "vitest";
import { executionLink, pullRequestLink } from "../../shared/console-link.ts";

it.each([
  ["us-east-1", "https://us-east-1.console.aws.amazon.com/"],
  ["cn-north-1", "https://cn-north-1.console.amazonaws.cn/"],
  ["eusc-de-east-1", "https://eusc-de-east-1.console.amazonaws-eusc.eu/"],
  ["us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com/"],
])("The console link to an execution in %s leads to the console of its partition.", (region, console) => {
  const link = executionLink(region, "dev@infra", "611a1915-7ce7-d4f0-55d9-db989acd71d8");
  expect(link).toBe(
    `${console}codesuite/codepipeline/pipelines/dev%40infra/executions/611a1915-7ce7-d4f0-55d9-db989acd71d8/timeline?region=${region}`,
  );
});

it("The console link to a pull request leads to its details.", () => {
  expect(pullRequestLink("us-east-1", "infra structure", "7")).toBe(
    "https://us-east-1.console.aws.amazon.com/codesuite/codecommit/repositories/infra%20structure/pull-requests/7/details?region=us-east-1",
  );
});

it("The console link of an isolated partition does not exist, since it has no public console.", () => {
  expect(executionLink("us-iso-east-1", "p", "1")).toBe("");
});
