import fc from "fast-check";
import { expect, it } from "vitest";
import { startRequest } from "../../../functions/pipeline-starter/start-request.ts";
import { type Release, readReleaseTag } from "../../../shared/release-tag.ts";
import { RELEASE } from "../../support/pipeline-starter.ts";

const commitId = "98180b5656644d8b712112613b9e73a63ed0048f";
const start = {
  release: RELEASE,
  pipeline: "dev-infrastructure",
  sourceAction: "Source",
  repository: "infrastructure",
  commitId,
};
const variablesOf = (changed: Partial<Release>) =>
  Object.fromEntries(
    startRequest({ ...start, release: { ...RELEASE, ...changed } }).variables.map(({ name, value }) => [name, value]),
  );

it("The request for a start names the commit and the source action.", () => {
  expect(startRequest(start)).toMatchObject({
    name: "dev-infrastructure",
    sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: commitId }],
  });
});

it("The request for a start to a region has all variables of a pipeline.", () => {
  expect(variablesOf({})).toEqual({
    ENV: "dev",
    TARGET_DEPLOYMENT_SCOPE: "us-east-1",
    SCOPE_KIND: "regional",
    TEAM: "research",
    VERSION: "1.0",
    TAG: "dev_us-east-1/research/1.0",
    COMMIT_ID: commitId,
    REGION: "us-east-1",
    STATE_KEY: "research/dev-us-east-1/terraform.tfstate",
  });
});

it("The request for a start has one token for each repository, tag and commit.", () => {
  const token = (tag: string, repository = "infrastructure", commit = commitId) =>
    startRequest({ ...start, release: { ...RELEASE, tag }, repository, commitId: commit }).clientRequestToken;
  expect(token("dev_us-east-1/research/1.0")).toBe(token("dev_us-east-1/research/1.0"));
  const tokens = [
    token("dev_us-east-1/research/1.0"),
    token("dev_us-east-1/research/1.1"),
    token("dev_us-east-1/research/1.0", "other"),
    token("dev_us-east-1/research/1.0", "infrastructure", "cde99aeb83c93c03e2af4eb9ab484b45feba61ce"),
  ];
  expect(new Set(tokens).size).toBe(4);
});

it("The request for a start is one that CodePipeline takes, for every tag that the rules allow.", () => {
  const text = (characters: string, maxLength: number, minLength = 0) =>
    fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });
  const digits = "0123456789";
  const small = "abcdefghijklmnopqrstuvwxyz";
  const names = ["dev", "dev-2", "A".repeat(32)];
  const tags = fc
    .tuple(
      fc.constantFrom(...names),
      fc.constantFrom("us-east-1", "global"),
      text(`${small}${digits}-`, 40, 1),
      text(digits, 1, 1),
      text(`${small}${small.toUpperCase()}${digits}.+-`, 63),
    )
    .map(([environment, scope, team, digit, rest]) => ({
      tag: `${environment}_${scope}/${team}/${digit}${rest}`,
      environments: { [environment]: { regions: ["us-east-1"], homeRegion: "us-west-2", teams: [team] } },
    }));
  fc.assert(
    fc.property(tags, ({ tag, environments }) => {
      const releaseTag = readReleaseTag(tag, environments);
      if (!releaseTag || !("release" in releaseTag)) throw new Error(`${tag} is not a release.`);
      const { clientRequestToken, variables } = startRequest({ ...start, release: releaseTag.release });
      expect(clientRequestToken).toMatch(/^[a-zA-Z0-9-]{1,128}$/);
      for (const { value } of variables) expect(value).toMatch(/^[!-~]{1,1000}$/);
    }),
  );
});
