import fc from "fast-check";
import { expect, it } from "vitest";
import { startRequest } from "../../../functions/pipeline-starter/start-request.ts";
import { readReleaseTag } from "../../../shared/release-tag.ts";
import { RELEASE, readEvent, requestEvent, tagEvent } from "../../support/pipeline-starter.ts";

const commitId = "98180b5656644d8b712112613b9e73a63ed0048f";
const start = {
  release: RELEASE,
  pipeline: "dev-infrastructure",
  sourceAction: "Source",
  repository: "infrastructure",
  commitId,
  event: readEvent(tagEvent(RELEASE.tag)),
};
const variablesOf = (event: unknown) =>
  Object.fromEntries(
    startRequest({ ...start, event: readEvent(event) }).variables.map(({ name, value }) => [name, value]),
  );

it("The request for a start names the commit and the source action.", () => {
  expect(startRequest(start)).toMatchObject({
    name: "dev-infrastructure",
    sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: commitId }],
  });
});

it("The request for a start to a region has all variables of a release pipeline.", () => {
  expect(variablesOf(tagEvent(RELEASE.tag))).toEqual({
    ENV: "dev",
    TARGET_DEPLOYMENT_SCOPE: "us-east-1",
    SCOPE_KIND: "regional",
    TEAM: "research",
    VERSION: "1.0",
    TAG: "dev_us-east-1/research/1.0",
    COMMIT_ID: commitId,
    REGION: "us-east-1",
    STATE_KEY: "research/dev-us-east-1/terraform.tfstate",
    TAGGED_BY: "arn:aws:sts::111122223333:assumed-role/CloudOps/mary",
    REQUESTED_AT: "2026-11-24T10:00:00Z",
    REASON: "-",
  });
});

it("The request for a start says who asked to release again, when and why.", () => {
  expect(variablesOf(requestEvent(RELEASE.tag))).toMatchObject({
    TAGGED_BY: "arn:aws:sts::111122223333:assumed-role/CloudOps/mary",
    REQUESTED_AT: "2026-11-25T11:00:00Z",
    REASON: "The apply failed",
  });
});

it.each([undefined, ""])(
  "The request for a start says unknown where the event names %j as its caller.",
  (callerUserArn) => {
    expect(variablesOf(tagEvent(RELEASE.tag, { callerUserArn }))).toHaveProperty("TAGGED_BY", "unknown");
  },
);

it("The request for a start has variables of 1 to 1,000 characters in one line, whatever the event says.", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), (text) => {
      const { TAGGED_BY, REASON } = variablesOf(requestEvent(RELEASE.tag, { reason: text, requestedBy: text }));
      for (const value of [TAGGED_BY, REASON]) expect(value).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]{1,1000}$/u);
    }),
  );
  const { REASON } = variablesOf(requestEvent(RELEASE.tag, { reason: "x".repeat(2_000) }));
  expect(REASON).toBe(`${"x".repeat(997)}...`);
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

it("The request for a start has one token for each request to release again, and another one for the pushed tag.", () => {
  const token = (event: unknown) => startRequest({ ...start, event: readEvent(event) }).clientRequestToken;
  const pushed = token(tagEvent(RELEASE.tag));
  const first = token(requestEvent(RELEASE.tag, { requestId: "r-1" }));
  expect(token(requestEvent(RELEASE.tag, { requestId: "r-1", id: "another delivery" }))).toBe(first);
  expect(new Set([pushed, first, token(requestEvent(RELEASE.tag, { requestId: "r-2" }))]).size).toBe(3);
  expect(token(requestEvent(RELEASE.tag, { requestId: "$(id)_/\n" }))).toMatch(/^[0-9a-f]{64}$/);
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
