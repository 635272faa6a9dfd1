import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collect } from "../../../functions/sni-collector/collect.ts";
import { alertRecord, logEvents } from "../../support/firewall-records.ts";

const RECEIVED_AT = Date.parse("2026-10-14T15:00:00Z");
const collected = (...records: unknown[]) => collect(logEvents(records), RECEIVED_AT);
const namesOf = (...records: unknown[]) => collected(...records).sightings.map(({ name }) => name);

describe("names are found in every place, in order", () => {
  const quic = (extensions: unknown) => ({ tls: undefined, quic: { version: "1", extensions } });
  const http = (fields: object) => ({ tls: undefined, app_proto: "http", http: fields });
  it.each([
    ["tls.sni", {}, ["www.example.com"]],
    ["quic.sni", { tls: undefined, quic: { sni: "quic.example.com" } }, ["quic.example.com"]],
    [
      "the QUIC extension server_name",
      quic([
        { name: "alpn", values: ["h3"] },
        { name: "server_name", values: ["ext.example.com"] },
      ]),
      ["ext.example.com"],
    ],
    ["http.hostname", http({ hostname: "http.example.com" }), ["http.example.com"]],
    [
      "the header :authority",
      http({
        request_headers: [
          { name: ":path", value: "/" },
          { name: ":authority", value: "h2.example.com" },
        ],
      }),
      ["h2.example.com"],
    ],
    [
      "the header Host",
      http({ request_headers: [{ name: "Host", value: "host.example.com:8080" }] }),
      ["host.example.com"],
    ],
    ["the TLS log form", { tls: undefined, sni: "log.example.com" }, ["log.example.com"]],
    [
      "all at once",
      {
        tls: { sni: "1.a" },
        quic: { sni: "2.a", extensions: [{ name: "server_name", values: ["3.a"] }] },
        http: { hostname: "4.a", request_headers: [{ name: "host", value: "5.a" }] },
        sni: "6.a",
      },
      ["1.a", "2.a", "3.a", "4.a", "5.a", "6.a"],
    ],
    ["one name in two places counts once", { sni: "WWW.example.com." }, ["www.example.com"]],
  ])("%s", (_place, event, names) => {
    expect(namesOf(alertRecord({ event }))).toEqual(names);
  });

  it.each([
    ["tls", {}, ["tls"]],
    ["quic", { tls: undefined, quic: { sni: "a.example.com" } }, ["quic"]],
    ["http", { tls: undefined, http: { hostname: "a.example.com" } }, ["http"]],
    [
      "http2",
      { tls: undefined, app_proto: "http2", http: { request_headers: [{ name: ":authority", value: "a.b" }] } },
      ["http2"],
    ],
  ])("the protocol is %s by the place", (_protocol, event, protocols) => {
    expect(collected(alertRecord({ event })).sightings[0]?.protocols).toEqual(protocols);
  });
});

describe("records of every shape are read", () => {
  it.each([
    ["no SNI", { tls: { version: "TLS 1.3", session_resumed: true } }],
    ["empty SNI", { tls: { sni: "" } }],
    ["placeholder of the TLS log", { tls: undefined, sni: "-" }],
    ["SNI null", { tls: { sni: null } }],
    ["ICMP", { tls: undefined, proto: "ICMP", src_port: 0, dest_port: 0 }],
    ["flow", { tls: undefined, event_type: "netflow", netflow: { pkts: 6 } }],
    ["objects of the wrong type", { tls: "x", quic: [], http: 7 }],
    [
      "lists of the wrong type",
      { tls: {}, quic: { extensions: "x" }, http: { request_headers: { name: "host", value: "a" } } },
    ],
    [
      "entries of the wrong type",
      {
        tls: {},
        quic: { extensions: [null, 1, { name: 1 }, { name: "server_name", values: "x" }] },
        http: { request_headers: [[]] },
      },
    ],
  ])("without a name: %s", (_what, event) => {
    expect(collected(alertRecord({ event }))).toMatchObject({
      records: 1,
      nameless: 1,
      unreadable: [],
      rejected: 0,
      sightings: [],
    });
  });

  it("a port is a number or a string, and none for ICMP or out of range", () => {
    const ports = [443, "8443", 0, "0", 70_000, "x", -1, 1.5].map((dest_port) => alertRecord({ event: { dest_port } }));
    expect(collected(...ports).sightings[0]?.ports).toEqual([443, 8443]);
  });

  it.each([
    ["seconds as a string", "1791982415", undefined, "2026-10-14T12:53:35.000Z"],
    ["seconds as a number", 1_791_982_415, undefined, "2026-10-14T12:53:35.000Z"],
    ["Suricata's date with microseconds", undefined, "2026-10-14T12:53:35.006867+0000", "2026-10-14T12:53:35.006Z"],
    ["Suricata's date in another zone", undefined, "2026-10-14T08:53:35.006867-0400", "2026-10-14T12:53:35.006Z"],
    ["the date of a TLS log", undefined, "2026-10-14T12:53:35.412778Z", "2026-10-14T12:53:35.412Z"],
    ["nonsense: the time of the log event", "soon", "later", "2026-10-14T12:55:00.000Z"],
    ["beyond the calendar: the time of the log event", 1e300, undefined, "2026-10-14T12:55:00.000Z"],
    ["next to nothing, which DynamoDB refuses", 1e-200, undefined, "2026-10-14T12:55:00.000Z"],
    ["a fraction of a second", 1_791_982_415.006867, undefined, "2026-10-14T12:53:35.007Z"],
    ["true", true, undefined, "2026-10-14T12:55:00.000Z"],
    ["a list", [5], undefined, "2026-10-14T12:55:00.000Z"],
    ["text that ends in a number", "rule 5", "rule 5", "2026-10-14T12:55:00.000Z"],
  ])("time as %s", (_form, event_timestamp, timestamp, seen) => {
    const record = { ...alertRecord({ event: { timestamp } }), event_timestamp };
    expect(new Date(collected(record).sightings[0]?.firstSeen ?? 0).toISOString()).toBe(seen);
  });

  it("a record without any time was seen when it came", () => {
    const record = { ...alertRecord({ event: { timestamp: undefined } }), event_timestamp: undefined };
    const { sightings } = collect([{ id: "1", message: JSON.stringify(record) }], RECEIVED_AT);
    expect(sightings[0]).toMatchObject({ firstSeen: RECEIVED_AT, lastSeen: RECEIVED_AT });
  });

  it("the last of repeated keys counts", () => {
    expect(
      namesOf('{"firewall_name":"f","event":{"tls":{"sni":"first.example.com","sni":"second.example.com"}}}'),
    ).toEqual(["second.example.com"]);
  });

  it.each([
    ["without a signature or an id", {}],
    ["with an id that is no number", { signature: "", signature_id: { a: 1 } }],
    ["with a signature that is no text", { signature: ["a"] }],
  ])("a rule %s is not shown", (_what, alert) => {
    expect(collected(alertRecord({ event: { alert } })).sightings[0]?.rules).toEqual([]);
  });

  it.each(["", undefined, null])("a rule with the signature %j is shown by its id", (signature) => {
    expect(collected(alertRecord({ event: { alert: { signature, signature_id: 6 } } })).sightings[0]?.rules).toEqual([
      "sid 6",
    ]);
  });

  it("a signature is shown without what controls a terminal", () => {
    const alert = { signature: "rule\r\n\u202e\u001b[31m", signature_id: 6 };
    expect(collected(alertRecord({ event: { alert } })).sightings[0]?.rules).toEqual(["rule????[31m"]);
  });

  it("a firewall without a valid name is called unknown", () => {
    const sightings = [undefined, 7, "a b", "", "<b>"].map((firewall_name) => ({ ...alertRecord(), firewall_name }));
    expect(collected(...sightings).sightings.map(({ firewall }) => firewall)).toEqual(["unknown"]);
  });

  it("a log event of 1 MiB is read", () => {
    const record = alertRecord({ event: { padding: "x".repeat(1_048_576) } });
    expect(namesOf(record)).toEqual(["www.example.com"]);
  });
});

describe("one unreadable record never hurts its neighbours", () => {
  it("it is counted and named by its event id", () => {
    const events = logEvents([
      alertRecord({ sni: "a.example.com" }),
      "{",
      "[]",
      "null",
      '"x"',
      '{"event":null}',
      "{}",
      alertRecord({ sni: "b.example.com" }),
    ]);
    const result = collect(events, RECEIVED_AT);
    expect(result.sightings.map(({ name }) => name)).toEqual(["a.example.com", "b.example.com"]);
    expect(result.unreadable).toEqual(events.slice(1, 7).map(({ id }) => id));
  });

  it("a log event that is no object, has no message or no id is unreadable too", () => {
    expect(collect([null, 1, "x", [], {}, { id: "a\nb", message: 7 }], RECEIVED_AT).unreadable).toEqual([
      "without id",
      "without id",
      "without id",
      "without id",
      "without id",
      "a?b",
    ]);
  });

  it("a rejected name is counted, and its neighbours in the record stay", () => {
    const { sightings, rejected, nameless } = collected(
      alertRecord({ sni: "*.example.com", event: { sni: "a.example.com" } }),
      alertRecord({ sni: 7 }),
    );
    expect(sightings.map(({ name }) => name)).toEqual(["a.example.com"]);
    expect({ rejected, nameless }).toEqual({ rejected: 2, nameless: 0 });
  });
});

describe("sightings are kept per firewall, name and verdict", () => {
  it("and gather the span of time, and up to five sources", () => {
    const records = [5, 3, 9, 1, 7, 2].map((n) => alertRecord({ source: `10.0.0.${n}`, at: 1_791_982_400 + n }));
    expect(collected(...records, alertRecord({ source: "not an address" })).sightings).toEqual([
      {
        kind: "hostname",
        name: "www.example.com",
        firewall: "egress-firewall",
        verdict: "blocked",
        firstSeen: 1_791_982_401_000,
        lastSeen: 1_791_982_415_000,
        protocols: ["tls"],
        rules: ["a rule"],
        sources: ["10.0.0.5", "10.0.0.3", "10.0.0.9", "10.0.0.1", "10.0.0.7"],
        ports: [443],
      },
    ]);
  });

  it("apart", () => {
    const { sightings } = collected(
      alertRecord(),
      alertRecord({ action: "pass" }),
      alertRecord({ firewall: "other" }),
      alertRecord(),
    );
    expect(sightings.map(({ firewall, verdict }) => `${firewall} ${verdict}`)).toEqual([
      "egress-firewall blocked",
      "egress-firewall allowed",
      "other blocked",
    ]);
  });

  it("an address is kept apart from names", () => {
    expect(collected(alertRecord({ sni: "203.0.113.9" })).sightings[0]).toMatchObject({
      kind: "address",
      name: "203.0.113.9",
    });
  });
});

it("for any JSON as records none throws, every one is accounted for, and DynamoDB takes the times", () => {
  const record = fc.oneof(
    fc.json(),
    fc.string(),
    fc
      .record({
        firewall_name: fc.anything(),
        event: fc.record(
          {
            tls: fc.anything(),
            quic: fc.anything(),
            http: fc.anything(),
            sni: fc.anything(),
            alert: fc.anything(),
            verdict: fc.anything(),
            timestamp: fc.anything(),
          },
          { requiredKeys: [] },
        ),
      })
      .map((value) => JSON.stringify(value, (_key, inner) => (typeof inner === "bigint" ? String(inner) : inner))),
  );
  fc.assert(
    fc.property(fc.array(record, { maxLength: 20 }), (messages) => {
      const events = messages.map((message, index) => ({ id: String(index), timestamp: 1, message }));
      const { records, unreadable, nameless, rejected, sightings } = collect(events, RECEIVED_AT);
      expect(records).toBe(messages.length);
      expect(new Set(unreadable).size).toBe(unreadable.length);
      const withName = messages.length - unreadable.length - nameless;
      expect(withName).toBeGreaterThanOrEqual(0);
      expect(withName > 0).toBe(rejected + sightings.length > 0);
      for (const { firstSeen, lastSeen } of sightings) {
        expect(Number.isSafeInteger(firstSeen)).toBe(true);
        expect(firstSeen).toBeLessThanOrEqual(lastSeen);
      }
    }),
    { numRuns: 500 },
  );
});
