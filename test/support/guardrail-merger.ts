import { dirname } from "node:path";
import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { compose } from "../../functions/guardrail-merger/compose.ts";
import { settingsSchema } from "../../functions/guardrail-merger/settings.ts";
import type { Execution } from "../../local/services/codepipeline/execution.ts";
import { createWorld } from "../../local/world.ts";
import { clientConfiguration } from "../../shared/aws-client.ts";
import { readSettings } from "../../shared/settings.ts";
import { lambdaContext } from "./lambda-context.ts";
import { localFaults } from "./local-faults.ts";
import { localPlatform } from "./local-platform.ts";
import { messagesIn } from "./sns-messages.ts";
import { workOn } from "./work-on.ts";

/** Commits of the sample repository `guardrails`, by what they are to `main`. */
export const GUARDRAILS = {
  first: "7de2d6cd84b8868d17bfc17775238c84d97f397c",
  main: "298a986879e8c70e27768584e0d9dcb345b129ab",
  divergedInOtherFile: "bc8c2a62abd8aa8a82b46a914c54765204e59b7c",
  divergedInSameFile: "7390b3ea6d38476926a3f06b5576fd4a4f4ac80d",
  ahead: "74426ea12a49e29618b8894af2f730e9e1c96252",
  furtherAhead: "77fd303631de0481cce8ff3b895f1cd0550aa104",
  develop: "955b6e78b815cca49c043cbe79712ded77473740",
  notOnDevelop: "d3c1c6f50cec27618c12914c2512713838279ae5",
};

const EXECUTION_ID = "12345678-1234-4234-8bcd-12345678abcd";

export const pipelineEvent = (state = "SUCCEEDED", executionId = EXECUTION_ID) => ({
  source: "aws.codepipeline",
  "detail-type": "CodePipeline Pipeline Execution State Change",
  region: "us-east-1",
  detail: { pipeline: "guardrails-develop", "execution-id": executionId, state, version: 1.0 },
});

export const forceEvent = (commitId: string, detail: Record<string, unknown> = {}) => ({
  source: "palisade",
  "detail-type": "Guardrail Force Merge Requested",
  detail: {
    repository: "guardrails",
    commitId,
    reason: "The auditors asked for it",
    requestedBy: "arn:aws:iam::111122223333:user/ana",
    ...detail,
  },
});

export type GuardrailWorld = Awaited<ReturnType<typeof createGuardrailWorld>>;

/**
 * A local AWS with a repository `guardrails` of its own, and the function in it.
 *
 * @param changed settings that differ from those of a replay
 * @param timeout how the function limits the time for the details of a message
 */
export async function createGuardrailWorld(
  changed: Readonly<Record<string, string>> = {},
  timeout = (milliseconds: number) => AbortSignal.timeout(milliseconds),
) {
  const { forWorld, ...faults } = localFaults();
  const world = await createWorld(forWorld);
  const settings = readSettings(settingsSchema, { ...world.environmentOf("guardrail-merger"), ...changed });
  const platform = localPlatform("guardrail-merger", world.endpoint);
  const waits: number[] = [];
  const handler = compose(settings, {
    ...platform,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
    },
    random: () => 1,
    timeout,
  });
  const { git, commit, commitAll, push, head } = workOn(
    dirname(await world.repositoryFolder("guardrails")),
    "guardrails",
  );

  return {
    /** Adds an execution of the pipeline that tested a commit. */
    addExecution: (commitId: string, { pipelineExecutionId = EXECUTION_ID, ...others }: Partial<Execution> = {}) =>
      world.give({
        executions: [
          {
            pipelineName: "guardrails-develop",
            pipelineExecutionId,
            status: "Succeeded",
            executionType: "STANDARD",
            artifactRevisions: [{ name: "Source", revisionId: commitId }],
            actionExecutions: [],
            ...others,
          },
        ],
      }),
    invoke: (event: unknown) => handler(event, lambdaContext()),
    codecommit: new CodeCommitClient(clientConfiguration(platform)),
    git,
    commit,
    commitAll,
    push,
    head,
    /** How long the function waited between two tries of a merge (ms). */
    waits,
    calls: world.calls,
    operations: () => world.calls.map(({ operation }) => operation),
    ...faults,
    messages: () => messagesIn(world.calls),
    metrics: platform.metrics,
    logged: platform.logged,
    close: world.close,
  };
}
