import { describe, expect, it } from "vitest";
import { settingsSchema } from "../../../functions/sni-collector/settings.ts";
import { readSettings } from "../../../shared/settings.ts";

const required = { TABLE_NAME: "palisade-hostnames", TOPIC_ARN: "arn:aws:sns:us-east-1:111122223333:egress" };

describe("settings", () => {
  it("The settings of sni-collector have defaults for all but the table and the topic.", () => {
    expect(readSettings(settingsSchema, required)).toEqual({
      ...required,
      DIGEST_MINUTES: 5,
      TTL_DAYS: 30,
      DEFANG: true,
      MAX_PAYLOAD_MIB: 64,
    });
    expect(() => readSettings(settingsSchema, {})).toThrow("TABLE_NAME is missing; TOPIC_ARN is missing");
  });

  it.each([
    ["DIGEST_MINUTES", "0", "1440", "1441"],
    ["TTL_DAYS", "1", "3650", "0"],
    ["MAX_PAYLOAD_MIB", "1", "256", "257"],
  ])("The settings of sni-collector take %s as a whole number in its range.", (name, least, most, outside) => {
    for (const value of [least, most])
      expect(readSettings(settingsSchema, { ...required, [name]: value })).toMatchObject({ [name]: Number(value) });
    for (const value of [outside, "-1", "1.5", "five"])
      expect(() => readSettings(settingsSchema, { ...required, [name]: value })).toThrow(
        `${name}: must be a whole number from ${least} to ${most}`,
      );
  });

  it("The settings of sni-collector take DEFANG as true or false.", () => {
    expect(readSettings(settingsSchema, { ...required, DEFANG: "false" })).toMatchObject({ DEFANG: false });
    expect(() => readSettings(settingsSchema, { ...required, DEFANG: "no" })).toThrow("DEFANG: must be true or false");
  });

  it("The settings of sni-collector take a topic of another partition.", () => {
    const settings = { TABLE_NAME: "hostnames", TOPIC_ARN: "arn:aws-us-gov:sns:us-gov-west-1:111122223333:egress" };
    expect(readSettings(settingsSchema, settings)).toEqual({
      ...settings,
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
  ])("The settings of sni-collector refuse %s=%s.", (name, value) => {
    expect(() => readSettings(settingsSchema, { ...required, [name]: value })).toThrow(`${name}: must be`);
  });
});
