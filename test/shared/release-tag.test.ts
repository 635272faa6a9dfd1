import { expect, it } from "vitest";
import type { Refusal } from "../../shared/refusal.ts";
import { readReleaseTag } from "../../shared/release-tag.ts";

const regions = ["us-east-1", "eu-central-1"];
const LONGEST_TEAM = "t".repeat(40);
const environment = { regions, homeRegion: "us-west-2", teams: ["research", "tooling", "team-9", LONGEST_TEAM] };
const environments = { dev: environment, prod: { ...environment, teams: ["tooling"] }, "dev-2": environment };
const read = (tag: string) => readReleaseTag(tag, environments);
const reasonFor = (tag: string): string => {
  const releaseTag = read(tag);
  return releaseTag && "refusal" in releaseTag ? releaseTag.refusal.message : "";
};

it("A release tag that keeps the rules is a release to a region.", () => {
  expect(read("dev_us-east-1/research/1.0")).toEqual({
    environment: "dev",
    team: "research",
    release: {
      tag: "dev_us-east-1/research/1.0",
      environment: "dev",
      scope: "us-east-1",
      scopeKind: "regional",
      team: "research",
      version: "1.0",
      region: "us-east-1",
      stateKey: "research/dev-us-east-1/terraform.tfstate",
    },
  });
});

it("A tag that breaks a rule names its team all the same, if the environment has it.", () => {
  expect(read("dev_us-east-1/research/v1")).toMatchObject({ environment: "dev", team: "research" });
  expect(read("dev_us-east-1/unknown/1.0")).not.toHaveProperty("team");
});

it("A release tag of scope global is deployed from the home region of its environment, and has a state of its own.", () => {
  expect(read("prod_global/tooling/1.0")).toMatchObject({
    release: {
      scope: "global",
      scopeKind: "global",
      region: "us-west-2",
      stateKey: "tooling/prod-global/terraform.tfstate",
    },
  });
});

it.each([
  "dev_us-east-1/tooling/1",
  `dev_us-east-1/${LONGEST_TEAM}/${"1".repeat(64)}`,
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
const TEAM = `Only these teams may release to dev: research, tooling, team-9, ${LONGEST_TEAM}.`;
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
  ["dev_us-east-1/risk/1", [TEAM]],
  ["dev_us-east-1/Research/1", [TEAM]],
  ["dev_us-east-1/research_risk/1", [TEAM]],
  [`dev_us-east-1/${LONGEST_TEAM}t/1`, [TEAM]],
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
    const { refusal } = read(tag) as { refusal: Refusal };
    const example = refusal.steps.at(-1) ?? "";
    expect(example).toMatch(/^ {2}\S+$/);
    expect(read(example.trim())).toHaveProperty("release.tag", example.trim());
  }
});

it("A release tag is refused where its team may release to another environment alone.", () => {
  expect(reasonFor("prod_us-east-1/research/1")).toBe("Only these teams may release to prod: tooling.");
  expect(read("dev_us-east-1/research/1")).toHaveProperty("release.team", "research");
});
