import fc from "fast-check";
import { expect, it } from "vitest";
import { awsConfiguration, sessionName } from "../../shared/aws-profiles.ts";

it("The name of a session says the tag.", () => {
  expect(sessionName("dev_us-east-1/research/1.0+build.7")).toBe("dev_us-east-1-research-1.0+build.7");
});

it("The name of a session is one that STS takes, whatever the tag, and two long tags do not share one.", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (tag) => {
      expect(sessionName(tag)).toMatch(/^[\w+=,.@-]{2,64}$/);
    }),
  );
  const long = `dev_us-east-1/${"t".repeat(40)}/1.${"0".repeat(60)}`;
  expect(sessionName(`${long}1`)).not.toBe(sessionName(`${long}2`));
  expect(sessionName(`${long}1`)).toMatch(/^dev_us-east-1-t{40}-/);
});

it("The AWS configuration holds no credentials: the backend is the build itself, and all else a session of the role.", () => {
  const role = { roleArn: "arn:aws:iam::222233334444:role/palisade-plan-dev", externalId: "palisade-research" };
  const workload = {
    name: "dev_eu-central-1/research/1.0",
    region: "eu-central-1",
    state: { bucket: "states", key: "state", region: "us-east-1" },
  };
  expect(awsConfiguration(workload, role)).toBe(
    `[profile state]
region = us-east-1

[default]
region = eu-central-1
role_arn = arn:aws:iam::222233334444:role/palisade-plan-dev
credential_source = EcsContainer
external_id = palisade-research
role_session_name = dev_eu-central-1-research-1.0
`,
  );
});

it("Where a state is another account's, the backend is a session of the role that reads it.", () => {
  const role = { roleArn: "arn:aws:iam::222233334444:role/palisade-plan-billing", externalId: "palisade-guardrails" };
  const reader = {
    roleArn: "arn:aws:iam::222233334444:role/palisade-state-billing",
    externalId: "palisade-guardrails",
  };
  const state = { bucket: "states", key: "state", region: "us-east-1", role: reader };
  expect(awsConfiguration({ name: "billing", region: "eu-central-1", state }, role)).toMatch(
    `[profile state]
region = us-east-1
role_arn = arn:aws:iam::222233334444:role/palisade-state-billing
credential_source = EcsContainer
external_id = palisade-guardrails
role_session_name = billing

[default]
`,
  );
});
