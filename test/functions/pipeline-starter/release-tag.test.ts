import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readReleaseTag } from "../../../functions/pipeline-starter/release-tag.ts";
import { startRequest } from "../../../functions/pipeline-starter/start-request.ts";

const regions = ["us-east-1", "eu-central-1"];
const environment = (name: string) => ({
  pipeline: `${name}-infrastructure`,
  sourceAction: "Source",
  regions,
  homeRegion: "us-west-2",
});
const environments = { dev: environment("dev"), prod: environment("prod"), "dev-2": environment("dev-2") };
const read = (tag: string, teams?: string[]) => readReleaseTag(tag, environments, teams);
const brokenRules = (tag: string, teams?: string[]): string[] => {
  const releaseTag = read(tag, teams);
  return releaseTag && "brokenRules" in releaseTag ? releaseTag.brokenRules : [];
};

describe("a tag that keeps the grammar is a release", () => {
  it("to a region", () => {
    expect(read("dev_us-east-1/research/1.0")).toEqual({
      environment: "dev",
      release: {
        tag: "dev_us-east-1/research/1.0",
        environment: "dev",
        scope: "us-east-1",
        team: "research",
        version: "1.0",
        region: "us-east-1",
        pipeline: "dev-infrastructure",
        sourceAction: "Source",
      },
    });
  });

  it("or global, from the home region", () => {
    expect(read("prod_global/tooling/1.0")).toMatchObject({ release: { scope: "global", region: "us-west-2" } });
  });

  it.each([
    "dev_us-east-1/a/1",
    `dev_us-east-1/${"t".repeat(40)}/${"1".repeat(64)}`,
    "dev_us-east-1/-/0",
    "dev_us-east-1/team-9/2.0-rc.1+build.7",
    "dev_us-east-1/research/1.0...",
    "dev-2_us-east-1/research/1",
  ])("such as %s", (tag) => {
    expect(read(tag)).toHaveProperty("release.tag", tag);
  });
});

describe("a tag that begins with no environment and _ is not for us", () => {
  it.each([
    "v1.2.3",
    "prod",
    "dev",
    "dev/research/1.0",
    "development_us-east-1/research/1",
    "production_eu-central-1/risk/2",
    "dev2_us-east-1/x/1",
    "DEV_us-east-1/research/1",
    "xdev_us-east-1/research/1",
    "_us-east-1/research/1",
    "constructor_us-east-1/research/1",
    "__proto___us-east-1/research/1",
    "\ndev_us-east-1/research/1",
    "",
  ])("%j", (tag) => {
    expect(read(tag)).toBeUndefined();
  });
});

describe("a tag of an environment that breaks a rule is refused with it", () => {
  const THREE_PARTS = "A tag has three parts: <environment>_<region or global>/<team>/<version>.";
  const REGION = "After dev_ comes global or a region of dev: us-east-1, eu-central-1.";
  const TEAM = "The team has 1 to 40 of a-z, 0-9 and -.";
  const VERSION = "The version begins with a digit and has 1 to 64 of 0-9, A-Z, a-z, dot, + and -.";

  it.each([
    ["dev_", [THREE_PARTS]],
    ["dev_us-east-1", [THREE_PARTS]],
    ["dev_us-east-1/research", [THREE_PARTS]],
    ["dev_us-east-1/research/", [THREE_PARTS]],
    ["dev_us-east-1/research/1.0/extra", [THREE_PARTS]],
    ["dev_us-east-1/research/1.0/", [THREE_PARTS]],
    ["dev_us-east-1_b/research/1", [REGION]],
    ["dev__us-east-1/research/1", [REGION]],
    ["dev_mars-1/research/1", [REGION]],
    ["dev_ap-southeast-1/research/1", [REGION]],
    ["dev_myglobalthing/research/1", [REGION]],
    ["dev_Global/research/1", [REGION]],
    ["dev_us-east-1 /research/1", [REGION]],
    ["dev_us-east-1//1", [TEAM]],
    ["dev_us-east-1/Research/1", [TEAM]],
    ["dev_us-east-1/research_risk/1", [TEAM]],
    [`dev_us-east-1/${"t".repeat(41)}/1`, [TEAM]],
    ["dev_us-east-1/../1", [TEAM]],
    ["dev_us-east-1/research\n/1", [TEAM]],
    ["dev_us-east-1/research/v1", [VERSION]],
    ["dev_us-east-1/research/.1", [VERSION]],
    ["dev_us-east-1/research/1_0", [VERSION]],
    ["dev_us-east-1/research/1\n", [VERSION]],
    ["dev_us-east-1/research/１", [VERSION]],
    [`dev_us-east-1/research/${"1".repeat(65)}`, [VERSION]],
    ["dev_us-east-1/$(id)/1;reboot", [TEAM, VERSION]],
    ["dev_`id`/research/1", [REGION]],
    ["dev_mars-1/Research/one", [REGION, TEAM, VERSION]],
  ])("%j", (tag, rules) => {
    expect(brokenRules(tag)).toEqual(rules);
  });

  it("and shown one that keeps them", () => {
    for (const tag of ["dev_x", "prod_mars-1/research/1"]) {
      const { example } = read(tag, ["risk"]) as { example: string };
      expect(read(example, ["risk"])).toHaveProperty("release.tag", example);
    }
  });

  it("that of the teams too, where they are limited", () => {
    expect(brokenRules("dev_us-east-1/risk/1", ["research", "tooling"])).toEqual([
      "The team is one of research, tooling.",
    ]);
    expect(brokenRules("dev_us-east-1/research/1", ["research", "tooling"])).toEqual([]);
  });
});

describe("the request that starts a release", () => {
  const commitId = "98180b5656644d8b712112613b9e73a63ed0048f";
  const requestFor = (tag: string, repository = "infrastructure", commit = commitId) => {
    const releaseTag = read(tag);
    if (!releaseTag || !("release" in releaseTag)) throw new Error(`${tag} is no release`);
    return startRequest(releaseTag.release, repository, commit);
  };
  const variablesFor = (tag: string) =>
    Object.fromEntries(requestFor(tag).variables.map(({ name, value }) => [name, value]));

  it("names the commit, the source action, and all that the buildspecs know from the prior system", () => {
    expect(requestFor("dev_us-east-1/research/1.0")).toMatchObject({
      name: "dev-infrastructure",
      sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: commitId }],
    });
    expect(variablesFor("dev_us-east-1/research/1.0")).toEqual({
      ENV: "dev",
      TARGET_DEPLOYMENT_SCOPE: "us-east-1",
      TEAM: "research",
      VERSION: "1.0",
      TAG: "dev_us-east-1/research/1.0",
      COMMIT_ID: commitId,
      REGION: "us-east-1",
      TARGET_MODULE: "module.regional",
      STATE_KEY: "research/dev-us-east-1/terraform.tfstate",
    });
  });

  it("means the global module and the home region by `global`", () => {
    expect(variablesFor("prod_global/tooling/1.0")).toMatchObject({
      TARGET_DEPLOYMENT_SCOPE: "global",
      REGION: "us-west-2",
      TARGET_MODULE: "module.global",
      STATE_KEY: "tooling/prod-global/terraform.tfstate",
    });
  });

  it("has one token per repository, tag and commit", () => {
    const token = (...parts: Parameters<typeof requestFor>) => requestFor(...parts).clientRequestToken;
    expect(token("dev_us-east-1/research/1.0")).toBe(token("dev_us-east-1/research/1.0"));
    const tokens = [
      token("dev_us-east-1/research/1.0"),
      token("dev_us-east-1/research/1.1"),
      token("dev_us-east-1/research/1.0", "other"),
      token("dev_us-east-1/research/1.0", "infrastructure", "cde99aeb83c93c03e2af4eb9ab484b45feba61ce"),
    ];
    expect(new Set(tokens).size).toBe(4);
  });

  it("is one that CodePipeline takes, for every release there can be", () => {
    const text = (characters: string, maxLength: number, minLength = 0) =>
      fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });
    const digits = "0123456789";
    const small = "abcdefghijklmnopqrstuvwxyz";
    const tags = fc
      .tuple(
        fc.constantFrom(...Object.keys(environments)),
        fc.constantFrom(...regions, "global"),
        text(`${small}${digits}-`, 40, 1),
        text(digits, 1, 1),
        text(`${small}${small.toUpperCase()}${digits}.+-`, 63),
      )
      .map(([name, scope, team, digit, rest]) => `${name}_${scope}/${team}/${digit}${rest}`);
    fc.assert(
      fc.property(tags, (tag) => {
        const { clientRequestToken, variables } = requestFor(tag);
        expect(clientRequestToken).toMatch(/^[a-zA-Z0-9-]{1,128}$/);
        for (const { value } of variables) expect(value).toMatch(/^[!-~]{1,1000}$/);
      }),
    );
  });
});
