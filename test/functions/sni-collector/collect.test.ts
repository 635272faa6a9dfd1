import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collect } from "../../../functions/sni-collector/collect.ts";
import { alertRecord, logEvents } from "../../support/firewall-records.ts";

const RECEIVED_AT = Date.parse("2026-10-14T15:00:00Z");
const collected = (...records: unknown[]) => collect(logEvents(records), RECEIVED_AT);
const namesOf = (...records: unknown[]) => collected(...records).sightings.map(({ name }) => name);

describe("sightings", () => {
  it("Collecting a batch gives one sighting per firewall, verdict and name, in the order of first appearance.", () => {
    const { sightings } = collected(
      alertRecord(),
      alertRecord({ action: "pass" }),
      alertRecord({ firewall: "other" }),
      alertRecord(),
      alertRecord({ firewall: "other", sni: "b.example.com" }),
    );
    expect(sightings.map(({ firewall, verdict, name }) => `${firewall} ${verdict} ${name}`)).toEqual([
      "egress-firewall blocked www.example.com",
      "egress-firewall allowed www.example.com",
      "other blocked www.example.com",
      "other blocked b.example.com",
    ]);
  });

  it("Collecting a batch gathers the span of time and examples from its records in a sighting.", () => {
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
        connections: 7,
        trailingDot: false,
      },
    ]);
  });

  it("Collecting a batch gives one sighting for all spellings of a name, in one record and in many.", () => {
    const { sightings } = collected(
      alertRecord({ sni: "WWW.example.com", source: "10.0.0.1" }),
      alertRecord({ firewall: "other" }),
      alertRecord({ sni: "www.example.com.", source: "10.0.0.2", event: { http: { hostname: "www.example.com:80" } } }),
    );
    expect(sightings).toMatchObject([
      {
        name: "www.example.com",
        firewall: "egress-firewall",
        sources: ["10.0.0.1", "10.0.0.2"],
        protocols: ["tls", "http"],
      },
      { name: "www.example.com", firewall: "other" },
    ]);
  });

  it("Collecting a batch gives a sighting for each name of a record.", () => {
    const event = { tls: { sni: "1.a" }, http: { hostname: "2.a" }, sni: "3.a" };
    expect(namesOf(alertRecord({ event }))).toEqual(["1.a", "2.a", "3.a"]);
  });

  it("Collecting a batch gives a sighting for each of the 100,000 names that a record of a log event may hold.", () => {
    const values = Array.from({ length: 100_000 }, (_, index) => `${index.toString(36)}.a`);
    const event = { tls: {}, quic: { extensions: [{ name: "server_name", values }] } };
    expect(namesOf(alertRecord({ event }))).toEqual(values);
  });

  it("Collecting a batch gives one firewall called unknown for all records without a valid name of one.", () => {
    const records = [undefined, 7, "a b", "", "<b>"].map((firewall_name) => ({ ...alertRecord(), firewall_name }));
    expect(collected(...records).sightings.map(({ firewall }) => firewall)).toEqual(["unknown"]);
  });

  it("Collecting a batch keeps IP addresses apart from hostnames.", () => {
    expect(collected(alertRecord({ sni: "203.0.113.9" })).sightings).toMatchObject([
      { kind: "address", name: "203.0.113.9" },
    ]);
  });
});

describe("times", () => {
  const seenAt = (event_timestamp: unknown, timestamp: unknown, logged: unknown) => {
    const record = { ...alertRecord({ event: { timestamp } }), event_timestamp };
    const { sightings } = collect([{ id: "1", timestamp: logged, message: JSON.stringify(record) }], RECEIVED_AT);
    return sightings.map(({ firstSeen, lastSeen }) =>
      [firstSeen, lastSeen].map((time) => new Date(time).toISOString()),
    );
  };

  it.each([
    ["at the record's own time", "1791982415", "2026-10-14T12:53:36Z", 1_791_982_417_000, "2026-10-14T12:53:35.000Z"],
    [
      "at the event's time where the record has none",
      "soon",
      "2026-10-14T12:53:36Z",
      1_791_982_417_000,
      "2026-10-14T12:53:36.000Z",
    ],
    ["at the log event's time where both have none", 1e300, "later", 1_791_982_417_000, "2026-10-14T12:53:37.000Z"],
    ["when the batch came, where nothing has a time", undefined, undefined, undefined, "2026-10-14T15:00:00.000Z"],
  ])("Collecting a batch counts a name as seen %s.", (_sentence, recordTime, eventTime, logged, time) => {
    expect(seenAt(recordTime, eventTime, logged)).toEqual([[time, time]]);
  });

  it("Collecting a batch counts a name as seen at the time of each record, though the records before had another or none.", () => {
    const times = [1_791_982_415, "soon", 1_791_982_419, undefined].map((event_timestamp, index) => ({
      ...alertRecord({ sni: `${index}.example.com` }),
      event_timestamp,
    }));
    expect(collected(...times).sightings.map(({ firstSeen }) => firstSeen)).toEqual([
      1_791_982_415_000,
      Date.parse("2026-10-14T12:53:35.006Z"),
      1_791_982_419_000,
      Date.parse("2026-10-14T12:53:35.006Z"),
    ]);
  });
});

describe("unreadable records", () => {
  it("Collecting a batch lists an unreadable record by its event id, and leaves its neighbours alone.", () => {
    const events = logEvents([alertRecord({ sni: "a.example.com" }), "{", "{}", alertRecord({ sni: "b.example.com" })]);
    const { sightings, unreadable, records } = collect(events, RECEIVED_AT);
    expect(sightings.map(({ name }) => name)).toEqual(["a.example.com", "b.example.com"]);
    expect(unreadable).toEqual(events.slice(1, 3).map(({ id }) => id));
    expect(records).toBe(4);
  });

  it("Collecting a batch lists an unreadable record as one without id where the log event has none, and without control characters.", () => {
    expect(collect([null, 1, "x", [], {}, { id: "a\nb", message: 7 }], RECEIVED_AT).unreadable).toEqual([
      ...Array(5).fill("without id"),
      "a?b",
    ]);
  });
});

it("Collecting a batch counts a rejected name in each record that holds it, and keeps other names of the record.", () => {
  const { sightings, rejected, nameless } = collected(
    alertRecord({ sni: "*.example.com", event: { sni: "a.example.com" } }),
    alertRecord({ sni: "*.example.com" }),
    alertRecord({ sni: 7 }),
  );
  expect(sightings.filter(({ kind }) => kind === "hostname").map(({ name }) => name)).toEqual(["a.example.com"]);
  expect({ rejected, nameless }).toEqual({ rejected: 3, nameless: 0 });
});

describe("malformed names", () => {
  const malformed = (...records: unknown[]) =>
    collected(...records).sightings.map(({ kind, name, connections }) => [kind, name, connections]);

  it("Collecting a batch gives one sighting of malformed names per firewall, verdict and source, and counts them without their text.", () => {
    const { sightings, rejected } = collected(
      alertRecord({ sni: "<b>", source: "10.0.0.1" }),
      alertRecord({ sni: "<i>", source: "10.0.0.1" }),
      alertRecord({ sni: "<b>", source: "10.0.0.2" }),
      alertRecord({ sni: "<b>", source: "10.0.0.1", action: "pass" }),
      alertRecord({ sni: "<b>", source: "10.0.0.1", firewall: "other" }),
    );
    expect(sightings.map(({ firewall, verdict, name, connections }) => [firewall, verdict, name, connections])).toEqual(
      [
        ["egress-firewall", "blocked", "10.0.0.1", 2],
        ["egress-firewall", "blocked", "10.0.0.2", 1],
        ["egress-firewall", "allowed", "10.0.0.1", 1],
        ["other", "blocked", "10.0.0.1", 1],
      ],
    );
    expect(sightings[0]).toMatchObject({ kind: "malformed", sources: ["10.0.0.1"], trailingDot: false });
    expect(rejected).toBe(5);
    expect(JSON.stringify(sightings)).not.toMatch(/<[bi]>/);
  });

  it("Collecting a batch gives a sighting of malformed names for an unknown source where the record has no address.", () => {
    expect(
      malformed(alertRecord({ sni: "<b>", source: "<script>" }), alertRecord({ sni: "<b>", source: "x" })),
    ).toEqual([["malformed", "unknown", 2]]);
  });

  it("Collecting a batch keeps malformed names of a source apart from a workload that reached for its address.", () => {
    expect(malformed(alertRecord({ sni: "<b>", source: "10.0.0.1" }), alertRecord({ sni: "10.0.0.1" }))).toEqual([
      ["malformed", "10.0.0.1", 1],
      ["address", "10.0.0.1", 1],
    ]);
  });

  it("Collecting a batch counts each malformed name of one record.", () => {
    expect(
      malformed(alertRecord({ sni: "<b>", source: "10.0.0.1", event: { tls: { sni: "<b>" }, sni: "<i>" } })),
    ).toEqual([["malformed", "10.0.0.1", 2]]);
  });
});

describe("connections", () => {
  const connections = (...records: unknown[]) =>
    collected(...records).sightings.map(({ name, verdict, connections: count }) => [name, verdict, count]);

  it("Collecting a batch counts the records of a name, whatever its spelling, for each verdict.", () => {
    expect(
      connections(
        alertRecord(),
        alertRecord({ sni: "WWW.example.com" }),
        alertRecord({ action: "pass" }),
        alertRecord({ sni: "a.example.com" }),
        alertRecord({ sni: "www.example.com." }),
      ),
    ).toEqual([
      ["www.example.com", "blocked", 3],
      ["www.example.com", "allowed", 1],
      ["a.example.com", "blocked", 1],
    ]);
  });

  it("Collecting a batch counts a record once that has a name in two spellings.", () => {
    const twice = alertRecord({ event: { http: { hostname: "www.example.com:80" } } });
    expect(connections(twice, twice)).toEqual([["www.example.com", "blocked", 2]]);
  });
});

it.each([
  ["every record of the name has it", ["a.example.com.", "A.example.com.:443"], true],
  ["one record of the name lacks it", ["a.example.com.", "a.example.com"], false],
  ["another record of the name lacks it", ["a.example.com", "a.example.com."], false],
])("Collecting a batch marks a trailing dot where %s: %j is %j.", (_case, spellings, trailingDot) => {
  const { sightings } = collected(...spellings.map((sni) => alertRecord({ sni })));
  expect(sightings).toMatchObject([{ name: "a.example.com", trailingDot }]);
});

it("Collecting a batch counts a record without a name, which is not unreadable.", () => {
  expect(collected(alertRecord({ event: { tls: {} } }))).toEqual({
    sightings: [],
    records: 1,
    unreadable: [],
    rejected: 0,
    nameless: 1,
  });
});

it("Collecting a batch of any JSON does not throw, accounts for every record, and gives times that DynamoDB takes.", () => {
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
