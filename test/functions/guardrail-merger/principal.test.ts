import { expect, it } from "vitest";
import { isPrincipal } from "../../../functions/guardrail-merger/principal.ts";

const NAMED = ["arn:aws:iam::111122223333:role/security/Lead", "arn:aws:iam::111122223333:user/a/ben"];

it.each(["arn:aws:sts::111122223333:assumed-role/Lead/ana@example.com", "arn:aws:iam::111122223333:user/a/ben"])(
  "A principal is named where the caller is %s.",
  (arn) => {
    expect(isPrincipal(arn, NAMED)).toBe(true);
  },
);

it.each([
  "",
  "arn:aws:sts::111122223333:assumed-role/Lead/",
  "arn:aws:sts::111122223333:assumed-role/Lead/a/b",
  "arn:aws:sts::111122223333:assumed-role/Lead",
  "arn:aws:sts::111122223333:assumed-role/Leader/ana",
  "arn:aws:sts::111122223333:assumed-role/security/Lead/ana",
  "arn:aws:sts::111122223333:assumed-role/lead/ana",
  "arn:aws:sts::999999999999:assumed-role/Lead/ana",
  "arn:aws-cn:sts::111122223333:assumed-role/Lead/ana",
  "arn:aws:iam::111122223333:role/security/Lead",
  "arn:aws:iam::111122223333:user/ben",
  "arn:aws:iam::999999999999:user/a/ben",
  "x arn:aws:iam::111122223333:user/a/ben",
  "arn:aws:iam::111122223333:root",
])("A principal is not named where the caller is %j.", (arn) => {
  expect(isPrincipal(arn, NAMED)).toBe(false);
});
