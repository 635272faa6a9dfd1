import { expect, it } from "vitest";
import { isSessionOf } from "../../shared/role-session.ts";

const ROLE = "arn:aws:iam::111122223333:role/teams/security/palisade-approve-dev";

it("A session of a role is known by partition, account and name, whatever the path of the role.", () => {
  expect(isSessionOf("arn:aws:sts::111122223333:assumed-role/palisade-approve-dev/mary@example.com", ROLE)).toBe(true);
});

it.each([
  "arn:aws:sts::222233334444:assumed-role/palisade-approve-dev/mary",
  "arn:aws-cn:sts::111122223333:assumed-role/palisade-approve-dev/mary",
  "arn:aws:sts::111122223333:assumed-role/palisade-approve-dev2/mary",
  "arn:aws:sts::111122223333:assumed-role/palisade-approve/palisade-approve-dev/mary",
  "arn:aws:sts::111122223333:assumed-role/palisade-approve-dev/",
  "arn:aws:sts::111122223333:assumed-role/palisade-approve-dev/mary/eve",
  "arn:aws:iam::111122223333:role/teams/security/palisade-approve-dev",
  "arn:aws:iam::111122223333:user/palisade-approve-dev/mary",
  "arn:aws:iam::111122223333:root",
  "",
])("%j is no session of the role.", (arn) => {
  expect(isSessionOf(arn, ROLE)).toBe(false);
});
