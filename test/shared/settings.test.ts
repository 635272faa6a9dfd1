import { expect, it } from "vitest";
import * as z from "zod";
import { settingsSchema } from "../../functions/sni-collector/settings.ts";
import { readSettings } from "../../shared/settings.ts";

const schema = z.object({
  FIRST: z.string(),
  SECOND: z.string().regex(/^\d+$/, "must be digits"),
  THIRD: z.string().default("third"),
});

it("Names every fault at once, and no value.", () => {
  const read = () => readSettings(schema, { SECOND: "s3cret" });
  expect(read).toThrow("FIRST is missing; SECOND: must be digits");
  expect(read).not.toThrow("s3cret");
});

it("Takes an empty variable for a missing one.", () => {
  expect(() => readSettings(schema, { FIRST: "", SECOND: "2" })).toThrow("FIRST is missing");
  expect(readSettings(schema, { FIRST: "1", SECOND: "2", THIRD: "" })).toEqual({
    FIRST: "1",
    SECOND: "2",
    THIRD: "third",
  });
});

const given = { TABLE_NAME: "hostnames", TOPIC_ARN: "arn:aws-us-gov:sns:us-gov-west-1:111122223333:egress" };

it("The sni-collector has the documented defaults.", () => {
  expect(readSettings(settingsSchema, given)).toEqual({
    ...given,
    DIGEST_MINUTES: 5,
    TTL_DAYS: 30,
    DEFANG: true,
    MAX_PAYLOAD_MIB: 64,
  });
});

it.each([
  ["TABLE_NAME", "a"],
  ["TOPIC_ARN", "egress"],
  ["TOPIC_ARN", "arn:aws:sns:us-east-1:111122223333:egress.fifo"],
  ["DIGEST_MINUTES", "-1"],
  ["DIGEST_MINUTES", "1441"],
  ["DIGEST_MINUTES", "5.5"],
  ["DIGEST_MINUTES", "five"],
  ["TTL_DAYS", "0"],
  ["DEFANG", "yes"],
  ["MAX_PAYLOAD_MIB", "257"],
])("The sni-collector refuses %s=%s.", (name, value) => {
  expect(() => readSettings(settingsSchema, { ...given, [name]: value })).toThrow(`${name}: must be`);
});
