import { expect, it } from "vitest";
import { readReleaseTag } from "../../../functions/pipeline-starter/release-tag.ts";
import type { Refusal } from "../../../shared/refusal.ts";

const regions = ["us-east-1", "eu-central-1"];
const environment = (name: string) => ({
  pipeline: `${name}-infrastructure`,
  sourceAction: "Source",
  regions,
  homeRegion: "us-west-2",
});
const environments = { dev: environment("dev"), prod: environment("prod"), "dev-2": environment("dev-2") };
const read = (tag: string, teams?: string[]) => readReleaseTag(tag, environments, teams);
const reasonFor = (tag: string, teams?: string[]): string => {
  const releaseTag = read(tag, teams);
  return releaseTag && "refusal" in releaseTag ? releaseTag.refusal.message : "";
};

it("A release tag that keeps the rules is a release to a region.", () => {
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

it("A release tag of scope global is deployed from the home region of its environment.", () => {
  expect(read("prod_global/tooling/1.0")).toMatchObject({ release: { scope: "global", region: "us-west-2" } });
});

it.each([
  "dev_us-east-1/a/1",
  `dev_us-east-1/${"t".repeat(40)}/${"1".repeat(64)}`,
  "dev_us-east-1/-/0",
  "dev_us-east-1/team-9/2.0-rc.1+build.7",
  "dev_us-east-1/research/1.0...",
  "dev-2_us-east-1/research/1",
])("The tag %s is a release tag.", (tag) => {
  expect(read(tag)).toHaveProperty("release.tag", tag);
});

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
])("The tag %j is no release tag, since it does not begin with an environment and _.", (tag) => {
  expect(read(tag)).toBeUndefined();
});

const FORM = "A release tag has the form <environment>_<region or global>/<team>/<version>, in exactly three parts.";
const SCOPE = "Only global or one of us-east-1, eu-central-1 may follow dev_ in a tag.";
const TEAM = "The team has 1 to 40 characters: a-z, 0-9 and hyphens.";
const VERSION =
  "The version begins with a digit and has 1 to 64 characters: 0-9, A-Z, a-z, dots, plus signs and hyphens.";

it.each([
  ["dev_", [FORM]],
  ["dev_us-east-1", [FORM]],
  ["dev_us-east-1/research", [FORM]],
  ["dev_us-east-1/research/", [FORM]],
  ["dev_us-east-1/research/1.0/extra", [FORM]],
  ["dev_us-east-1/research/1.0/", [FORM]],
  ["dev_us-east-1_b/research/1", [SCOPE]],
  ["dev__us-east-1/research/1", [SCOPE]],
  ["dev_mars-1/research/1", [SCOPE]],
  ["dev_ap-southeast-1/research/1", [SCOPE]],
  ["dev_myglobalthing/research/1", [SCOPE]],
  ["dev_Global/research/1", [SCOPE]],
  ["dev_us-east-1 /research/1", [SCOPE]],
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
  ["dev_`id`/research/1", [SCOPE]],
  ["dev_mars-1/Research/one", [SCOPE, TEAM, VERSION]],
])("The release tag %j is refused with each rule that it breaks.", (tag, rules) => {
  expect(reasonFor(tag)).toBe(rules.join(" "));
});

it("A release tag that breaks the rules is refused with one that keeps them, on a line of its own.", () => {
  for (const tag of ["dev_x", "prod_mars-1/research/1"]) {
    const { refusal } = read(tag, ["risk"]) as { refusal: Refusal };
    const example = refusal.steps.at(-1) ?? "";
    expect(example).toMatch(/^ {2}\S+$/);
    expect(read(example.trim(), ["risk"])).toHaveProperty("release.tag", example.trim());
  }
});

it("A release tag of a team that is not on the list is refused, where teams are limited.", () => {
  expect(reasonFor("dev_us-east-1/risk/1", ["research", "tooling"])).toBe(
    "Only these teams may release: research, tooling.",
  );
  expect(read("dev_us-east-1/research/1", ["research", "tooling"])).toHaveProperty("release.team", "research");
});
