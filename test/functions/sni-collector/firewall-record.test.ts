import { describe, expect, it } from "vitest";
import {
  addressOf,
  firewallOf,
  namesIn,
  portOf,
  readRecord,
  ruleOf,
  timeOf,
} from "../../../functions/sni-collector/firewall-record.ts";
import { alertRecord } from "../../support/firewall-records.ts";

const rawNames = (event: Record<string, unknown>) => namesIn(event).map(({ raw }) => raw);

describe("messages", () => {
  it("A firewall record is read from the message of a log event.", () => {
    expect(readRecord(JSON.stringify(alertRecord()))).toEqual(alertRecord());
  });

  it("A firewall record is read from the message of a log event of 1 MiB.", () => {
    const record = alertRecord({ event: { padding: "x".repeat(1_048_576) } });
    expect(readRecord(JSON.stringify(record))).toEqual(record);
  });

  it.each([
    "{",
    "[]",
    "null",
    '"x"',
    "7",
    '{"event":null}',
    '{"event":[]}',
    '{"event":"x"}',
    "{}",
    "",
    undefined,
    7,
    {},
  ])("A firewall record is not read from the message of a log event that is %j.", (message) => {
    expect(readRecord(message)).toBeUndefined();
  });

  it("A firewall record counts the last of repeated keys.", () => {
    expect(readRecord('{"event":{"tls":{"sni":"first.example.com","sni":"second.example.com"}}}')).toEqual({
      event: { tls: { sni: "second.example.com" } },
    });
  });
});

describe("places of a name", () => {
  const header = (name: string, value: unknown) => ({
    http: {
      request_headers: [
        { name: ":path", value: "/" },
        { name, value },
      ],
    },
  });
  it.each([
    ["tls.sni", { tls: { sni: "a.b" } }, "tls"],
    ["quic.sni", { quic: { sni: "a.b" } }, "quic"],
    [
      "the QUIC extension server_name",
      {
        quic: {
          extensions: [
            { name: "alpn", values: ["h3"] },
            { name: "server_name", values: ["a.b"] },
          ],
        },
      },
      "quic",
    ],
    [
      "the QUIC extension server_name in any case",
      { quic: { extensions: [{ name: "Server_Name", values: ["a.b"] }] } },
      "quic",
    ],
    ["http.hostname", { http: { hostname: "a.b" } }, "http"],
    ["http.hostname of HTTP/2 by version", { http: { hostname: "a.b", version: "2" } }, "http2"],
    ["the header :authority", header(":authority", "a.b"), "http"],
    ["the header :authority of HTTP/2", { app_proto: "http2", ...header(":authority", "a.b") }, "http2"],
    ["the header Host", header("Host", "a.b"), "http"],
    ["sni, where a TLS log has it", { sni: "a.b" }, "tls"],
  ])("A firewall record has its server name in %s.", (_place, event, protocol) => {
    expect(namesIn(event)).toEqual([{ raw: "a.b", protocol }]);
  });
});

describe("names", () => {
  it("A firewall record gives its names in the order in which their places are trusted.", () => {
    const event = {
      sni: "6.a",
      http: { request_headers: [{ name: "host", value: "5.a" }], hostname: "4.a" },
      quic: { extensions: [{ name: "server_name", values: ["3.a"] }], sni: "2.a" },
      tls: { sni: "1.a" },
    };
    expect(rawNames(event)).toEqual(["1.a", "2.a", "3.a", "4.a", "5.a", "6.a"]);
  });

  it("A firewall record gives all the values of an extension for its names.", () => {
    expect(rawNames({ quic: { extensions: [{ name: "server_name", values: ["1.a", "2.a"] }] } })).toEqual([
      "1.a",
      "2.a",
    ]);
  });

  it("A firewall record gives a name once where it stands in two places, with the protocol of the first.", () => {
    expect(namesIn({ tls: { sni: "a.b" }, http: { hostname: "a.b" } })).toEqual([{ raw: "a.b", protocol: "tls" }]);
  });

  const withNames = (values: readonly string[]) => ({ quic: { extensions: [{ name: "server_name", values }] } });

  it("A firewall record gives a name once where it stands twice behind many others.", () => {
    const values = Array.from({ length: 12 }, (_, index) => `${index}.a`);
    expect(rawNames(withNames([...values, "0.a", "8.a", "11.a", "12.a"]))).toEqual([...values, "12.a"]);
  });

  // Comparing each with all takes minutes. The time limit is a hundred times what the names need.
  it("A firewall record gives hundreds of thousands of names in a time that grows with their number, not with its square.", () => {
    expect(namesIn(withNames(Array.from({ length: 400_000 }, (_, index) => `${index}.a`)))).toHaveLength(400_000);
  }, 20_000);

  it("A firewall record gives two spellings of a name both.", () => {
    expect(rawNames({ tls: { sni: "a.b" }, sni: "A.b" })).toEqual(["a.b", "A.b"]);
  });

  it("A firewall record gives what is not text for a name too, so that it is counted as rejected.", () => {
    expect(rawNames({ tls: { sni: 7 } })).toEqual([7]);
  });

  it.each([
    ["no SNI", { tls: { version: "TLS 1.3", session_resumed: true } }],
    ["an empty SNI", { tls: { sni: "" } }],
    ["the placeholder of the TLS log", { sni: "-" }],
    ["null for the SNI", { tls: { sni: null } }],
    ["ICMP", { proto: "ICMP", src_port: 0, dest_port: 0 }],
    ["a flow", { event_type: "netflow", netflow: { pkts: 6 } }],
    ["objects of the wrong type", { tls: "x", quic: [], http: 7 }],
    ["lists of the wrong type", { quic: { extensions: "x" }, http: { request_headers: { name: "host", value: "a" } } }],
    [
      "entries of the wrong type",
      {
        quic: { extensions: [null, 1, { name: 1 }, { name: "server_name", values: "x" }] },
        http: { request_headers: [[]] },
      },
    ],
  ])("A firewall record gives no name where it holds %s.", (_what, event) => {
    expect(namesIn(event)).toEqual([]);
  });
});

describe("times", () => {
  it.each([
    ["seconds as text", "1791982415", "2026-10-14T12:53:35.000Z"],
    ["seconds as a number", 1_791_982_415, "2026-10-14T12:53:35.000Z"],
    ["milliseconds", 1_791_982_415_006, "2026-10-14T12:53:35.006Z"],
    ["a fraction of a second", 1_791_982_415.006867, "2026-10-14T12:53:35.007Z"],
    ["Suricata's date with microseconds", "2026-10-14T12:53:35.006867+0000", "2026-10-14T12:53:35.006Z"],
    ["Suricata's date in another zone", "2026-10-14T08:53:35.006867-0400", "2026-10-14T12:53:35.006Z"],
    ["the date of a TLS log", "2026-10-14T12:53:35.412778Z", "2026-10-14T12:53:35.412Z"],
    ["the most seconds that are not taken for milliseconds", 99_999_999_999, "5138-11-16T09:46:39.000Z"],
    ["the first of the year 2000 in milliseconds", 946_684_800_000, "2000-01-01T00:00:00.000Z"],
    ["the first of the year 2000 in seconds", 946_684_800, "2000-01-01T00:00:00.000Z"],
    ["the end of the year 9999", 253_402_300_799_999, "9999-12-31T23:59:59.999Z"],
  ])("A firewall record may have %s for its time.", (_form, value, time) => {
    expect(new Date(timeOf(value) ?? 0).toISOString()).toBe(time);
  });

  it.each([
    "soon",
    "later",
    "rule 5",
    1e300,
    1e-200,
    946_684_799,
    253_402_300_800_000,
    -1,
    true,
    [5],
    null,
    undefined,
    "2026-10-14",
    "2026-99-99T00:00:00Z",
  ])("A firewall record has no time where it holds %j.", (value) => {
    expect(timeOf(value)).toBeUndefined();
  });
});

describe("firewalls", () => {
  it("A firewall record gives the name of its firewall where AWS would take the name.", () => {
    expect(firewallOf("egress-Firewall-1")).toBe("egress-Firewall-1");
    expect(firewallOf("f".repeat(128))).toBe("f".repeat(128));
  });

  it.each([undefined, null, 7, "a b", "", "<b>", "a\n", "f".repeat(129)])(
    "A firewall record gives the name unknown for a firewall called %j.",
    (value) => {
      expect(firewallOf(value)).toBe("unknown");
    },
  );
});

describe("rules", () => {
  it("A firewall record shows its rule by the signature, without what controls a terminal, and cut to 128 characters.", () => {
    expect(ruleOf({ signature: "a rule", signature_id: 6 })).toBe("a rule");
    expect(ruleOf({ signature: "rule\r\n\u202e\u001b[31m" })).toBe("rule????[31m");
    expect(ruleOf({ signature: "r".repeat(129) })).toBe(`${"r".repeat(125)}...`);
  });

  it.each(["", undefined, null, ["a"]])(
    "A firewall record shows a rule with the signature %j by its id.",
    (signature) => {
      expect(ruleOf({ signature, signature_id: 6 })).toBe("sid 6");
    },
  );

  it.each([[{}], [{ signature: "", signature_id: { a: 1 } }], [{ signature: ["a"] }], [{ signature_id: 1.5 }]])(
    "A firewall record shows no rule for %j.",
    (alert) => {
      expect(ruleOf(alert)).toBeUndefined();
    },
  );
});

it("A firewall record may have a port from 1 to 65535, written as a number or as text.", () => {
  expect([443, "8443", 1, 65_535, "65535"].map(portOf)).toEqual([443, 8443, 1, 65_535, 65_535]);
  expect([0, "0", 65_536, 70_000, "x", -1, 1.5, "", "1e3", null, [443]].map(portOf)).toEqual(Array(11).fill(undefined));
});

it("A firewall record may have a source that is an IPv4 or IPv6 address of a usual length.", () => {
  const mapped = "0000:0000:0000:0000:0000:ffff:255.255.255.255";
  expect(["10.0.3.21", "2001:db8::1", mapped].map(addressOf)).toEqual(["10.0.3.21", "2001:db8::1", mapped]);
  expect([`fe80::1%${"z".repeat(60)}`, "10.0.3", "", "www.example.com", 7, null].map(addressOf)).toEqual(
    Array(6).fill(undefined),
  );
});
