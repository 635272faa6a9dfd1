import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodePipelineClient, StartPipelineExecutionCommand } from "@aws-sdk/client-codepipeline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REGION, RELEASE, REPOSITORY, type Release, startRelease } from "../../local/rehearsal/release.ts";
import { releaseStory } from "../support/release-story.ts";
import { runCommandFile } from "../support/run-command.ts";

// Each story has a team of its own, so they run at once. Roots of terraform_data start no provider, and assume no role.

const TEAMS = [
  ...["still", "guarded", "doubted", "wrong-role", "two", "half-way", "back", "moved", "tagged-elsewhere", "by-hand"],
  ...["wait-1", "wait-2", "wait-3", "wait-4", "fifth"],
];
const target = { account_id: "222233334444", external_id: "palisade-stories" };
const { dev } = RELEASE.environments;
const VARIABLES = {
  environments: { dev: { ...dev, targets: Object.fromEntries(TEAMS.map((team) => [team, target])) } },
  protected_types: ["terraform_data"],
  // The stories of the sample run the scanners.
  trivy_severities: [],
  checkov_checks: [],
};

const data = (name: string, input = "one") => `resource "terraform_data" "${name}" {\n  input = "${input}"\n}\n`;
const PATH = "regional/main.tf";

let release: Release;
let story: ReturnType<typeof releaseStory>;
let outside: string;
beforeAll(async () => {
  outside = mkdtempSync(join(tmpdir(), "palisade-outside-"));
  release = await startRelease({
    variables: VARIABLES,
    targets: [],
    files: Object.fromEntries(TEAMS.map((team) => [`environments/dev/${team}/team.tfvars`, ""])),
  });
  story = releaseStory(release);
});
afterAll(async () => {
  rmSync(outside, { recursive: true });
  await release?.close();
});

const push = (main: string, more: Record<string, string> = {}) =>
  release.push(REPOSITORY, "main", "Change", { [PATH]: main, ...more });
const tagOf = (team: string, version = "1.0") => `dev_${REGION}/${team}/${version}`;

/** Releases a version with an approval. Returns its commit. */
async function released(team: string, main: string, version = "1.0"): Promise<string> {
  const commit = await push(main);
  expect(await story.released(tagOf(team, version), commit)).toBe("Succeeded");
  return commit;
}

/** Starts a version, and waits until it waits for an approval. */
async function waiting(team: string, main: string, version = "1.0") {
  const commit = await push(main);
  const execution = await story.tagged(tagOf(team, version), commit);
  return { execution, commit, text: await release.waitsForApproval(execution) };
}

const applyOf = (execution: Parameters<Release["actionsOf"]>[0]) => release.buildOf(execution, "Apply").log;

describe.concurrent("Releases", () => {
  it("A release that changes nothing skips approval and apply, and people hear of it once.", async () => {
    await released("still", data("this"));
    const execution = await story.tagged(tagOf("still", "1.1"), await push(data("this")));
    expect(await release.ended(execution)).toBe("Succeeded");
    expect(release.actionsOf(execution).sort()).toEqual([
      "Plan.Lint Succeeded",
      "Plan.Plan Succeeded",
      "Source.Programs Succeeded",
      "Source.Source Succeeded",
    ]);
    expect(story.kinds(tagOf("still", "1.1"))).toEqual(["release-started", "released"]);
    expect(story.email(tagOf("still", "1.1"))).toContain("so there was nothing to apply");
    expect(await story.current("still")).toMatchObject({ version: "1.1", outcome: "released", changes: 0 });
    expect(await story.history("still")).toEqual(["1.0 released", "1.1 released"]);
  });

  it("A protected resource is destroyed only where the team's allow-destroy.txt names it.", async () => {
    await released("guarded", data("old") + data("other"));
    const refused = await story.tagged(tagOf("guarded", "1.1"), await push(data("other")));
    expect(await release.ended(refused)).toBe("Failed");
    expect(release.actionsOf(refused)).toContain("Plan.Plan Failed");
    expect(story.kinds(tagOf("guarded", "1.1"))).toEqual(["release-started", "stage-refused"]);
    expect(story.email(tagOf("guarded", "1.1"))).toContain("environments/dev/guarded/allow-destroy.txt");
    expect(story.email(tagOf("guarded", "1.1"))).toContain("terraform_data.old");
    expect(await story.current("guarded")).toMatchObject({ version: "1.0" });

    const commit = await push(data("other"), {
      "environments/dev/guarded/allow-destroy.txt": "# Nobody reads it.\nterraform_data.old\n",
    });
    const allowed = await story.tagged(tagOf("guarded", "1.2"), commit);
    expect(await release.waitsForApproval(allowed)).toContain("DESTROY 1");
    await story.approve(allowed);
    expect(await release.ended(allowed)).toBe("Succeeded");
    expect(await story.state("guarded")).not.toContain('"old"');
    expect(await story.history("guarded")).toEqual(["1.0 released", "1.1 refused", "1.2 released"]);
  });

  it("A person who refuses an approval ends the release, and the e-mail has the comment and the name.", async () => {
    const { execution } = await waiting("doubted", data("this"));
    const carla = release.approver("dev", "carla");
    await release.decide(execution, "Rejected", carla, "Not on a Friday");
    expect(await release.ended(execution)).toBe("Failed");
    expect(story.kinds(tagOf("doubted"))).toEqual(["release-started", "approval-needed", "approval-rejected"]);
    expect(story.email(tagOf("doubted"))).toContain("Not on a Friday");
    expect(story.email(tagOf("doubted"))).toContain("palisade-approve-dev/carla");
    expect(await story.current("doubted")).toBeUndefined();
    expect(await story.history("doubted")).toEqual(["1.0 rejected"]);
    expect(await story.state("doubted")).toBeUndefined();
  });

  it("Apply refuses an approval by anybody without the approver's role.", async () => {
    const { execution } = await waiting("wrong-role", data("this"));
    const roleArn = `arn:aws:iam::${release.account}:role/CloudOps`;
    await release.decide(execution, "Approved", { roleArn, sessionName: "mallory" });
    expect(await release.ended(execution)).toBe("Failed");
    expect(release.actionsOf(execution).at(-1)).toBe("Apply.Apply Failed");
    expect(story.kinds(tagOf("wrong-role")).at(-1)).toBe("stage-refused");
    expect(story.email(tagOf("wrong-role"))).toContain("assumed-role/CloudOps/mallory approved this release");
    expect(await story.state("wrong-role")).toBeUndefined();
    expect(await story.current("wrong-role")).toBeUndefined();
    expect(await story.history("wrong-role")).toEqual(["1.0 refused"]);
  });

  it("Of two releases of one scope that wait at once, one is applied and the other refused, with the command that starts it again.", async () => {
    const first = await waiting("two", data("this", "first"), "1.0");
    const second = await waiting("two", data("this", "second"), "1.1");
    await Promise.all([story.approve(first.execution), story.approve(second.execution)]);
    const ends = await Promise.all([release.ended(first.execution), release.ended(second.execution)]);
    expect([...ends].sort()).toEqual(["Failed", "Succeeded"]);
    const [won, lost] = ends[0] === "Succeeded" ? ["1.0", "1.1"] : ["1.1", "1.0"];
    expect(await story.current("two")).toMatchObject({ version: won, outcome: "released" });
    expect(await story.state("two")).toContain(won === "1.0" ? '"first"' : '"second"');
    expect(applyOf(won === "1.0" ? second.execution : first.execution)).toContain("Nothing was applied.");
    expect(story.kinds(tagOf("two", lost)).at(-1)).toBe("stage-refused");
    expect(story.email(tagOf("two", lost))).toContain(`npm run release-again -- ${tagOf("two", lost)} --reason`);
    expect((await story.history("two")).sort()).toEqual([`${won} released`, `${lost} refused`].sort());
  });

  it("An apply that fails half-way says what was made and what not, and a request starts the release again.", async () => {
    const repaired = join(outside, "repaired");
    const main = `${data("made")}
resource "terraform_data" "broken" {
  input = terraform_data.made.id

  lifecycle {
    precondition {
      condition     = terraform_data.made.id == "" ? false : fileexists("${repaired}")
      error_message = "The database is not there."
    }
  }
}
`;
    const { execution } = await waiting("half-way", main);
    await story.approve(execution);
    expect(await release.ended(execution)).toBe("Failed");
    const tag = tagOf("half-way");
    const [, , failed] = story.messages(tag);
    expect(failed?.data).toMatchObject({
      kind: "release-failed",
      made: { values: ["terraform_data.made"] },
      notMade: { values: ["terraform_data.broken"] },
    });
    expect(story.email(tag)).toContain("The database is not there.");
    expect(await story.current("half-way")).toMatchObject({ version: "1.0", outcome: "failed" });

    writeFileSync(repaired, "");
    const asked = await runCommandFile("cli/release-again.ts", [tag, "--reason", "The database is back"], {
      AWS_ENDPOINT_URL: release.endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: "made-up",
      AWS_SECRET_ACCESS_KEY: "made-up",
    });
    expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining("EventBridge took the request") });
    const again = await release.started("TAG", tag, 1);
    expect(await release.waitsForApproval(again)).toContain("create 1;");
    await story.approve(again);
    expect(await release.ended(again)).toBe("Succeeded");
    expect(story.email(tag)).toContain("The database is back");
    expect(await story.current("half-way")).toMatchObject({ outcome: "released", executionId: again.id });
    expect(await story.history("half-way")).toEqual(["1.0 failed", "1.0 released"]);
  });

  it("A tag on an older commit is a step back, and approval and e-mail say so.", async () => {
    const older = await push(data("this", "older"));
    await released("back", data("this", "newer"), "2.0");
    const execution = await story.tagged(tagOf("back", "2.1"), older);
    expect(await release.waitsForApproval(execution)).toContain("BACK to an older commit");
    expect(story.email(tagOf("back", "2.1"))).toContain("BACK: the commit is older than the one that is there now");
    await story.approve(execution);
    expect(await release.ended(execution)).toBe("Succeeded");
    expect(await story.current("back")).toMatchObject({ version: "2.1", commitId: older });
    expect(await story.state("back")).toContain('"older"');
  });

  it("A tag that moves while its release waits stops the release at Apply, and starts no other.", async () => {
    const { execution } = await waiting("moved", data("this"));
    const tag = tagOf("moved");
    await release.pushTag(REPOSITORY, tag, await push(data("this", "swapped")));
    await release.idle();
    await story.approve(execution);
    expect(await release.ended(execution)).toBe("Failed");
    expect(applyOf(execution)).toContain("was moved: it points to commit");
    expect(story.kinds(tag)).toEqual(["release-started", "approval-needed", "tag-moved", "stage-refused"]);
    expect(await story.state("moved")).toBeUndefined();
    expect(await story.history("moved")).toEqual(["1.0 refused"]);
  });

  it("Four teams that wait for an approval hold up no fifth.", async () => {
    const commit = await push(data("this"));
    const four = ["wait-1", "wait-2", "wait-3", "wait-4"];
    const waiting = await Promise.all(four.map((team) => story.tagged(tagOf(team), commit)));
    for (const execution of waiting) await release.waitsForApproval(execution);
    expect(await story.released(tagOf("fifth"), commit)).toBe("Succeeded");
    expect(await story.current("fifth")).toMatchObject({ version: "1.0", outcome: "released" });
    expect(waiting.map((execution) => release.executionOf(execution).status)).toEqual(Array(4).fill("InProgress"));
    expect(await Promise.all(four.map((team) => story.history(team)))).toEqual(Array(4).fill(["1.0 waiting"]));
    await Promise.all(waiting.map((execution) => story.approve(execution)));
    expect(await Promise.all(waiting.map((execution) => release.ended(execution)))).toEqual(Array(4).fill("Succeeded"));
  });

  it("A tag of a repository of the same name in another account or region starts nothing.", async () => {
    const tag = tagOf("tagged-elsewhere");
    const commitId = await push(data("this"));
    for (const from of [
      { account: "999988887777", region: REGION },
      { account: release.account, region: "eu-central-1" },
    ])
      release.emit(
        {
          source: "aws.codecommit",
          "detail-type": "CodeCommit Repository State Change",
          resources: [`arn:aws:codecommit:${from.region}:${from.account}:${REPOSITORY}`],
          detail: {
            event: "referenceCreated",
            referenceType: "tag",
            referenceName: tag,
            referenceFullName: `refs/tags/${tag}`,
            commitId,
            repositoryName: REPOSITORY,
            repositoryId: "12345678-1234-5678-abcd-12345678abcd",
          },
        },
        from,
      );
    await release.idle();
    expect(release.invocations.filter(({ event }) => event.detail.referenceName === tag)).toEqual([]);
    expect(story.messages(tag)).toEqual([]);
    expect(await story.history("tagged-elsewhere")).toEqual([]);
  });

  it("Plan refuses an execution that anybody but pipeline-starter started.", async () => {
    const tag = tagOf("by-hand");
    const commit = await push(data("this"));
    await release.pushTag(REPOSITORY, "unused", commit);
    const mallory = `arn:aws:iam::${release.account}:role/CloudOps`;
    const codepipeline = new CodePipelineClient(await release.clientConfiguration(mallory, "mallory"));
    const variables = {
      ...{ ENV: "dev", TARGET_DEPLOYMENT_SCOPE: REGION, SCOPE_KIND: "regional", TEAM: "by-hand", VERSION: "1.0" },
      ...{ TAG: tag, COMMIT_ID: commit, REGION, STATE_KEY: `by-hand/dev-${REGION}/terraform.tfstate` },
      ...{ TAGGED_BY: "unknown", REQUESTED_AT: "2026-11-24T10:00:00Z", REASON: "-" },
    };
    const { pipelineExecutionId: id = "" } = await codepipeline.send(
      new StartPipelineExecutionCommand({
        name: "dev-infrastructure",
        variables: Object.entries(variables).map(([name, value]) => ({ name, value })),
        sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: commit }],
      }),
    );
    const execution = { pipeline: "dev-infrastructure", id };
    expect(await release.ended(execution)).toBe("Failed");
    const { log } = release.buildOf(execution, "Plan");
    expect(log).toContain("Only pipeline-starter may start a release.");
    expect(log).toContain("assumed-role/CloudOps/mallory");
    expect(story.kinds(tag)).toEqual(["stage-refused"]);
    expect(await story.current("by-hand")).toBeUndefined();
  });
});

it("No story asked for what the rehearsal does not know, and no function failed.", () => {
  expect(release.faults).toEqual([]);
  expect(release.invocations.filter(({ error }) => error)).toEqual([]);
});
