import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REGION, REPOSITORY, type Release, sampleFiles, startRelease, TARGETS } from "../../local/rehearsal/release.ts";
import { releaseStory } from "../support/release-story.ts";

// The sample infrastructure, with the AWS provider, both scanners, and the roles of the teams' accounts.

const CONTACT = `resource "aws_ssm_parameter" "contact" {
  name  = "/contact"
  type  = "String"
  value = "research@example.com"
}
`;

let release: Release;
let story: ReturnType<typeof releaseStory>;
beforeAll(async () => {
  release = await startRelease({ files: { ...sampleFiles(), "global/contact.tf": CONTACT } });
  story = releaseStory(release);
});
afterAll(() => release?.close());

const GLOBAL = "dev_global/research";

describe.concurrent("Releases of the sample", () => {
  it("A first release of a region goes from the tag to the applied plan, and the ledger and the e-mails say so.", async () => {
    const tag = `dev_${REGION}/research/1.0`;
    const execution = await story.tagged(tag, release.firstCommit);
    const text = await release.waitsForApproval(execution, 600);
    expect(text).toMatch(
      /^dev us-east-1: research 1\.0 \([0-9a-f]{7}\), first release; create \d+, change outputs 1; scans: 0 stop, /,
    );
    expect(text).toContain("assumed-role/Developer/ana");
    await story.approve(execution);
    expect(await release.ended(execution, 600)).toBe("Succeeded");

    expect(story.kinds(tag)).toEqual(["release-started", "approval-needed", "released"]);
    expect(story.messages(tag)[1]?.email).toContain("aws_lb[.]this");
    expect(story.messages(tag)[1]?.email).toContain("aws codepipeline put-approval-result");
    expect(story.email(tag)).toContain("palisade-approve-dev/mary");
    expect(await story.current("research")).toMatchObject({
      ...{ version: "1.0", tag, commitId: release.firstCommit, executionId: execution.id, outcome: "released" },
      approver: `arn:aws:sts::${release.account}:assumed-role/palisade-approve-dev/mary`,
    });
    expect(await story.state("research")).toContain(`arn:aws:elasticloadbalancing:${REGION}:${TARGETS.dev.research}:`);
    expect(Object.keys(release.buildOf(execution, "Plan").reports)).toEqual(["scan"]);
  });

  it("A finding of a scanner stops a release at Plan, and the e-mail names it and its resource, unless a waiver accepts it.", async () => {
    const waived = await story.tagged(`dev_${REGION}/risk/0.9`, release.firstCommit);
    const commit = await release.push(REPOSITORY, "main", "No waiver", {
      "environments/dev/risk/scan-waivers.json": null,
    });
    const tag = `dev_${REGION}/risk/1.0`;
    const execution = await story.tagged(tag, commit);
    expect(await release.ended(execution, 600)).toBe("Failed");
    expect(release.actionsOf(execution)).toContain("Plan.Plan Failed");
    expect(release.actionsOf(execution).join()).not.toContain("Approve");
    expect(story.kinds(tag)).toEqual(["release-started", "stage-refused"]);
    expect(story.email(tag)).toContain("CKV_AWS_260");
    expect(story.email(tag)).toContain("aws_vpc_security_group_ingress_rule.load_balancer");
    expect(story.email(tag)).toContain("environments/dev/risk/scan-waivers.json");
    const { scan } = release.buildOf(execution, "Plan").reports;
    expect(scan?.["scan.xml"]).toContain("<failure");
    expect(await release.waitsForApproval(waived)).toContain("scans: 0 stop, 1 waived");
    expect(await story.history("risk")).toEqual(["0.9 waiting", "1.0 refused"]);
    expect(await story.state("risk")).toBeUndefined();
  });

  it("A first global release is there; after it nothing is to do; and a world that changes while a release waits stops it.", async () => {
    expect(await story.released(`${GLOBAL}/1.0`, release.firstCommit)).toBe("Succeeded");
    expect(await story.current("research", "global")).toMatchObject({ version: "1.0", outcome: "released" });
    expect(await story.state("research", "global")).toContain(
      `arn:aws:iam::${TARGETS.dev.research}:role/dev-research-auditor`,
    );
    expect(story.email(`${GLOBAL}/1.0`)).toContain("release 1.0 of research is in global (us-east-1)");

    const again = await story.tagged(`${GLOBAL}/1.1`, release.firstCommit);
    expect(await release.ended(again)).toBe("Succeeded");
    expect(release.actionsOf(again).at(-1)).toMatch(/^Plan\./);
    expect(story.kinds(`${GLOBAL}/1.1`)).toEqual(["release-started", "released"]);

    const tag = `${GLOBAL}/1.2`;
    const commit = await release.push(REPOSITORY, "main", "Other auditors", {
      "environments/dev/research/team.tfvars": 'auditor_arn = "arn:aws:iam::012345678901:role/others"\n',
    });
    const execution = await story.tagged(tag, commit);
    expect(await release.waitsForApproval(execution)).toContain("update 1;");
    const ssm = new SSMClient({
      ...(await release.clientConfiguration(`arn:aws:iam::${TARGETS.dev.research}:role/operators`)),
      endpoint: release.moto,
    });
    await ssm.send(new PutParameterCommand({ Name: "/contact", Value: "nobody@example.com", Overwrite: true }));
    await story.approve(execution);
    expect(await release.ended(execution)).toBe("Failed");
    expect(story.kinds(tag)).toEqual(["release-started", "approval-needed", "stage-refused"]);
    expect(story.messages(tag).at(-1)?.data).toMatchObject({
      moved: { values: ["aws_ssm_parameter.contact"] },
      made: { values: [] },
    });
    expect(story.email(tag)).toContain("The world has changed since the plan was approved");
    expect(story.email(tag)).toContain(`npm run release-again -- ${tag} --reason`);
    expect(await story.current("research", "global")).toMatchObject({ version: "1.1" });
    expect(await story.state("research", "global")).not.toContain("role/others");
    expect(await story.history("research", "global")).toEqual(["1.0 released", "1.1 released", "1.2 refused"]);
  });
});

it("No story asked for what the rehearsal does not know, and no function failed.", () => {
  expect(release.faults).toEqual([]);
  expect(release.invocations.filter(({ error }) => error)).toEqual([]);
});
