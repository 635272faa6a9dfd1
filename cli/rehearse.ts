import { createInterface } from "node:readline/promises";
import { Command, InvalidArgumentError } from "commander";
import { REPOSITORY, type Release, startRelease } from "../local/rehearsal/release.ts";
import type { Rehearsed } from "../local/runtime/rehearsal.ts";
import { runCommand } from "./command.ts";
import { boxed, styled } from "./emails.ts";
import { screen } from "./rehearse/screen.ts";

interface Options {
  approve?: true;
  json?: true;
  tag: string[];
}

/** What is released by default: a region, beside it the global scope, and there once more, with nothing to do. */
const TAGS = ["dev_us-east-1/research/1.0", "dev_global/research/1.0", "dev_global/research/1.1"];

const command = new Command("rehearse")
  .description(
    "Plays a whole system on this machine, as Terraform deploys it: no AWS account. It needs Terraform 1.11, Python 3.11 and git.",
  )
  .argument("<STORY>", "release: tags go through pipeline-starter, the pipeline, an approval and the apply")
  .option("--approve", "approves without asking")
  .option(
    "--tag <TAG>",
    "releases this tag of the sample repository; repeatable. With --approve, scopes go at once",
    addTag,
  )
  .option("--json", "writes one line of JSON for each event, invocation and AWS call")
  .addHelpText("after", `\nBy default it releases ${TAGS.join(", ")}.`);

await runCommand<Options>(command, rehearse, 1);

/** Rehearses the story; 0 when each release ended well, 1 when one did not. */
async function rehearse([story]: readonly string[], { approve, json, tag: tags = TAGS }: Options): Promise<number> {
  if (story !== "release") command.error(`There is no story ${JSON.stringify(story)}. There is: release`);
  if (!approve && !process.stdin.isTTY) command.error("Nobody is at the terminal to approve: add --approve.");
  const say = (text: string) => {
    if (!json) console.log(text);
  };
  const start = performance.now();
  say(styled("dim", "Terraform applies the roots release and release-target to a simulated AWS …"));
  const release = await startRelease({
    watch: json
      ? (happening) => {
          if (happening.kind !== "output") console.log(JSON.stringify(happening));
        }
      : screen((text) => console.log(text)),
  });
  try {
    const { pipelines, projects, functions, resources } = release.deployment;
    say(
      styled(
        "dim",
        `It holds ${resources.length} resources, among them ${pipelines.length} pipelines, ${projects.length} builds and ${functions.length} functions: ${elapsed(start)}.`,
      ),
    );
    let failed = 0;
    const released = async (tags: readonly string[]) => {
      for (const tag of tags) {
        const began = performance.now();
        await release.pushTag(REPOSITORY, tag);
        const execution = await release.started("TAG", tag);
        const status = await decided(release, execution, approve === true, say);
        if (status !== "Succeeded") failed += 1;
        say(styled(status === "Succeeded" ? "green" : "red", `${tag}: ${status} after ${elapsed(began)}`));
      }
    };
    // Who is asked wants one question at a time.
    await Promise.all((approve ? byPlace(tags) : [tags]).map(released));
    for (const fault of release.faults) console.error(String(fault));
    say(styled("dim", `\nThe rehearsal took ${elapsed(start)}.`));
    return failed > 0 || release.faults.length > 0 ? 1 : 0;
  } finally {
    await release.close();
  }
}

/** The tags of each environment, scope and team, in their order. */
function byPlace(tags: readonly string[]): string[][] {
  return [...Map.groupBy(tags, (tag) => tag.slice(0, tag.lastIndexOf("/"))).values()];
}

/** Waits for the end of an execution, and decides about its approval. */
async function decided(
  release: Release,
  execution: Rehearsed,
  approve: boolean,
  say: (text: string) => void,
): Promise<string> {
  const [environment = ""] = execution.pipeline.split("-");
  const waits = await release.waitsOrEnds(execution, 3_600);
  if (!waits) return release.ended(execution, 3_600);
  say(boxed(["What the approval says"], [waits.text]));
  const yes = approve || (await ask("Approve it? [y/N] "));
  await release.decide(
    execution,
    yes ? "Approved" : "Rejected",
    release.approver(environment),
    "Decided in a rehearsal",
  );
  return release.ended(execution, 3_600);
}

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}

function elapsed(start: number): string {
  return `${((performance.now() - start) / 1_000).toFixed(1)} s`;
}

function addTag(tag: string, tags: string[] = []): string[] {
  if (!/^[\w./+-]{1,200}$/.test(tag)) throw new InvalidArgumentError("Write a tag such as dev_us-east-1/research/1.0.");
  return [...tags, tag];
}
