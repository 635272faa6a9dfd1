import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { clientConfiguration, namingResource } from "./aws-client.ts";
import { Fault } from "./fault.ts";
import { guardrailConfiguration } from "./guardrail-configuration.ts";
import { createMask, type Mask, maskedJson } from "./masked-text.ts";
import { plainText } from "./plain-text.ts";
import { Refusal } from "./refusal.ts";
import { releaseConfiguration } from "./release-configuration.ts";
import { createRunner, type Run } from "./run-program.ts";
import { pipelineName } from "./setting-formats.ts";
import { readSettings } from "./settings.ts";
import { resultKey, type StageResult } from "./stage-result.ts";
import { workloadConfiguration } from "./workload-configuration.ts";

/** Of the sentence of an error, in characters. */
const MAX_SENTENCE = 2_000;

/** How long a story may take to end after an error that nobody caught, in ms: its programs have ended by then. */
const STORY_GRACE = 10_000;

/** `targets.json`, which each root writes for the stages of its pipelines. */
const configuration = z.discriminatedUnion("kind", [
  releaseConfiguration,
  workloadConfiguration,
  guardrailConfiguration,
]);
export type Configuration = z.output<typeof configuration>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a stage program runs. `index.ts` describes CodeBuild; tests describe a folder and a local AWS. */
export interface Machine {
  environment: Environment;
  /** The folder of the build, which holds the stage programs and takes what they write. */
  folder: string;
  /** The clock (epoch, ms). */
  now: () => number;
  /** Takes a line for people. */
  show: (line: string) => void;
}

/** What every story has. */
export interface Stage {
  commitId: string;
  executionId: string;
  environment: Environment;
  folder: string;
  now: () => number;
  show: (line: string) => void;
  run: Run;
  mask: Mask;
}

/** What a story is about, by the configuration of its pipeline. */
export interface Subject {
  configuration: Configuration;
  /** What names it for people, and is never masked. */
  names: readonly string[];
}

/** How a story ends, when it ends by itself. */
export type Ending = Pick<StageResult, "outcome" | "sentence"> & Partial<Pick<StageResult, "nextSteps" | "details">>;

const stageSettings = z.object({
  COMMIT_ID: z.string().regex(/^[0-9a-f]{40}$/, "must be the id of a commit"),
  EXECUTION_ID: z.string().regex(/^[\w-]{1,64}$/, "must be the id of an execution"),
  /** The object with the configuration; results go to the same bucket. */
  TARGETS: z.string().regex(/^s3:\/\/[a-z0-9.-]{3,63}\/.+$/, "must be s3://<bucket>/<key>"),
  /** CodeBuild sets it: https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html */
  CODEBUILD_INITIATOR: z
    .string()
    .regex(/^codepipeline\//, "must be codepipeline/<name>: only a pipeline runs this program")
    .transform((initiator) => initiator.slice("codepipeline/".length))
    .pipe(pipelineName),
});

/**
 * Runs a stage program: reads its settings and its configuration, tells the story, and leaves the result in the artifact bucket,
 * whatever happens.
 *
 * @param action its name in the pipeline
 * @param subjectOf what the story is about; it throws where the configuration or the environment of the build is of something else
 * @param story throws Refusal where a rule stops it, and any other error for a fault
 * @returns the exit code: 0 if and only if it succeeded and the result is written
 */
export async function runStage<Of extends Subject>(
  action: string,
  subjectOf: (configuration: Configuration, environment: Environment) => Of,
  story: (stage: Stage & Of) => Promise<Ending>,
  { environment, folder, now, show }: Machine,
): Promise<number> {
  const mask = createMask();
  const say = (line: string) => show(plainText(mask.mask(line), Number.POSITIVE_INFINITY));
  const { run, interrupt, end } = createRunner(environmentOfPrograms(environment), mask, show);

  let stopped = false;
  const stop = () => {
    stopped = true;
    interrupt();
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
  let fault: Error | undefined;
  const { promise: crash, reject: giveUp } = Promise.withResolvers<never>();
  // A program that is cut would leave its lock and lose its state; a story that is cut, what it knows of them.
  const crashed = async (error: Error) => {
    fault ??= error;
    await end();
    await setTimeout(STORY_GRACE);
    giveUp(new Error("It did not go on."));
  };
  process.on("uncaughtException", crashed);
  try {
    const settings = readSettings(stageSettings, environment, "build");
    const { COMMIT_ID: commitId, EXECUTION_ID: executionId, CODEBUILD_INITIATOR: pipeline } = settings;
    const [, , bucket = "", ...key] = settings.TARGETS.split("/");
    const s3 = namingResource(new S3Client(clientConfiguration()), `bucket ${bucket}`);

    const told = async (): Promise<Ending> => {
      refuseKeys(environment);
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key.join("/") }));
      const read = readConfiguration((await Body?.transformToString()) ?? "", pipeline);
      const subject = subjectOf(read, environment);
      mask.keep(...subject.names, commitId, shortId(commitId), executionId);
      return story({ ...subject, commitId, executionId, environment, folder, now, show: say, run, mask });
    };
    const ending = await Promise.race([told(), crash]).catch(endingOf);
    const before = [
      ...(stopped ? ["The build was stopped. "] : []),
      ...(fault ? [`The program failed: ${endingOf(fault).sentence}. `] : []),
    ];
    const result: StageResult = {
      action,
      outcome: fault && ending.outcome === "succeeded" ? "failed" : ending.outcome,
      sentence: mask.mask([...before, ending.sentence].join("")),
      nextSteps: (ending.nextSteps ?? []).map(mask.mask),
      details: ending.details ?? {},
    };
    for (const line of ["", result.sentence, ...result.nextSteps]) say(line);
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: resultKey(pipeline, executionId, action),
        Body: maskedJson(result, mask),
        ContentType: "application/json",
      }),
    );
    return result.outcome === "succeeded" ? 0 : 1;
  } catch (error) {
    say(endingOf(error).sentence);
    return 1;
  } finally {
    process.off("SIGTERM", stop).off("SIGINT", stop).off("uncaughtException", crashed);
  }
}

/** The file of a checkout, or undefined where there is none. */
export async function optionalFile(...path: readonly string[]): Promise<string | undefined> {
  try {
    return await readFile(join(...path), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** The form in which people read the id of a commit. */
export const shortId = (commitId: string): string => commitId.slice(0, 7);

function endingOf(error: unknown): Ending {
  const message = error instanceof Error ? error.message : String(error);
  return {
    outcome: error instanceof Refusal ? "refused" : "failed",
    sentence: plainText(message.replaceAll(/\s+/g, " "), MAX_SENTENCE),
    ...((error instanceof Refusal || error instanceof Fault) && { nextSteps: [...error.steps] }),
  };
}

/** A saved plan would hold credentials that are settings, so a build has none: its role answers at the container endpoint. */
function refuseKeys(environment: Environment): void {
  const keys = Object.keys(environment).filter((name) => /^AWS_.*KEY/.test(name));
  if (keys.length > 0)
    throw new Refusal(
      `The build has credentials in its environment: ${keys.join(", ")}. A stage uses the role of its build and no other credentials.`,
      "Take them out of the environment of the CodeBuild project.",
    );
}

/**
 * Programs get the environment of the build without what would change who they are, without variables of Terraform, which come
 * from the repository and from secrets only, and without its debug log, which shows sensitive values.
 */
const environmentOfPrograms = (environment: Environment): Environment =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) =>
        !/^(TF_VAR_|TF_LOG|AWS_.*(PROFILE|SESSION_TOKEN|CREDENTIALS_FILE|CONFIG_FILE)$|AWS_ROLE_ARN$)/.test(name),
    ),
  );

function readConfiguration(text: string, pipeline: string): Configuration {
  const parsed = configuration.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`targets.json is wrong. ${z.prettifyError(parsed.error)}`);
  if (parsed.data.pipeline !== pipeline)
    throw new Error(`targets.json is of the pipeline ${parsed.data.pipeline}, and this build is of ${pipeline}.`);
  return parsed.data;
}
