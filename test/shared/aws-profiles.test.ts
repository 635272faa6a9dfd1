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
  expect(awsConfiguration({ ...role, region: "eu-central-1", tag: "dev_eu-central-1/research/1.0" }, "us-east-1")).toBe(
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
