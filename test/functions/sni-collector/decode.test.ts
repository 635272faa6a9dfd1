import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode } from "../../../functions/sni-collector/decode.ts";
import { pack } from "../../../local/runtime/sample.ts";
import { payload } from "../../support/firewall-records.ts";

const MEBIBYTE = 1_048_576;
const packed = (content: unknown): string => pack(content).awslogs.data;

describe("payloads", () => {
  const good = packed(payload(["secret"]));
  it.each([
    ["empty", "", "Payload is not base64"],
    ["not base64", "secret!", "Payload is not base64"],
    ["base64 with a stray character", `${good.slice(0, 20)}!${good.slice(20)}`, "Payload is not base64"],
    ["not gzip", Buffer.from("secret").toString("base64"), "Payload is not gzip"],
    ["truncated gzip", Buffer.from(good, "base64").subarray(0, 60).toString("base64"), "Payload is truncated gzip"],
    ["not JSON", gzipSync("secret{").toString("base64"), "Payload is not JSON"],
    ["an array", packed(["secret"]), "Payload is not a CloudWatch Logs subscription message"],
    ["null", packed(null), "Payload is not a CloudWatch Logs subscription message"],
    ["an object without log events", packed({ messageType: "DATA_MESSAGE" }), "logEvents"],
    ["a message of an unknown type", packed({ messageType: "secret", logEvents: [] }), "messageType"],
  ])(
    "Decoding a payload that is %s fails with an error that says which layer is broken, and quotes nothing.",
    (_what, data, message) => {
      expect(() => decode(data, MEBIBYTE)).toThrow(message);
      expect(() => decode(data, MEBIBYTE)).not.toThrow("secret");
    },
  );

  it("Decoding a payload that is a gzip bomb stops at the limit, and the error names the setting.", () => {
    const bomb = gzipSync(Buffer.alloc(100 * MEBIBYTE)).toString("base64");
    expect(() => decode(bomb, MEBIBYTE)).toThrow(/more than 1048576 bytes.*MAX_PAYLOAD_MIB/);
  });
});

it("Decoding a payload of exactly the limit succeeds, and one byte less of a limit refuses it.", () => {
  const content = payload([]);
  expect(decode(packed(content), JSON.stringify(content).length).logEvents).toEqual([]);
  expect(() => decode(packed(content), JSON.stringify(content).length - 1)).toThrow("MAX_PAYLOAD_MIB");
});

it("Decoding a payload in two gzip members gives the whole, though the last four bytes tell only the size of the second.", () => {
  const json = JSON.stringify(payload(["a".repeat(200_000)]));
  const members = [json.slice(0, -10), json.slice(-10)].map((part) => gzipSync(part));
  expect(decode(Buffer.concat(members).toString("base64"), MEBIBYTE)).toEqual({
    messageType: "DATA_MESSAGE",
    logEvents: JSON.parse(json).logEvents,
  });
});

it("Decoding a payload that claims 4 GiB takes no more memory than the limit.", () => {
  const claim = Buffer.concat([gzipSync("{}").subarray(0, -4), Buffer.from([0xff, 0xff, 0xff, 0xff])]);
  const before = process.memoryUsage().arrayBuffers;
  expect(() => decode(claim.toString("base64"), MEBIBYTE)).toThrow("Payload is not gzip");
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * MEBIBYTE);
});

it("Decoding a payload gives any log events as they were packed.", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ id: fc.string(), timestamp: fc.nat(), message: fc.string() })), (logEvents) => {
      const decoded = decode(packed({ messageType: "DATA_MESSAGE", logEvents }), 10 * MEBIBYTE);
      expect(decoded).toEqual({ messageType: "DATA_MESSAGE", logEvents: JSON.parse(JSON.stringify(logEvents)) });
    }),
  );
});

it("Decoding a payload with any damage ends in an error of decode, or in a payload.", () => {
  const good = packed(payload(["a", "b"]));
  const outcomeOf = (data: string): string => {
    try {
      return JSON.stringify(decode(data, MEBIBYTE));
    } catch (error) {
      return String(error);
    }
  };
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.string({ maxLength: 5 }), (position, damage) => {
      const damaged = good.slice(0, position) + damage + good.slice(position + 1);
      expect(outcomeOf(damaged)).toMatch(/^Error: Payload (is|unpacks)|^\{"messageType"/);
    }),
    { numRuns: 500 },
  );
});
