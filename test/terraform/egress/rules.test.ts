import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { namesIn } from "../../../functions/sni-collector/firewall-record.ts";
import { Root } from "../support/root.ts";
import { REGION, startAws } from "./aws.ts";
import { ALLOWED_DOMAINS, CONNECTIONS } from "./engine/connections.ts";
import { clientHello, quicInitials } from "./engine/hello.ts";
import { client, type Ends, keepAlive, type Packet, server, tcp } from "./engine/packets.ts";
import { type Policy, policyOf } from "./engine/policy.ts";
import { type Alert, runSuricata, type Verdicts } from "./engine/suricata.ts";

/** Two thousand domains, and one in a list of 250 for HTTP. */
const MANY = Array.from({ length: 2_000 }, (_, index) => `${index % 2 === 0 ? "." : ""}host-${index}.example.net`);
const POLICIES = {
  observe: { mode: "observe", allowed_domains: ALLOWED_DOMAINS },
  enforce: { mode: "enforce", allowed_domains: ALLOWED_DOMAINS },
  "enforce with log_allowed": { mode: "enforce", allowed_domains: ALLOWED_DOMAINS, log_allowed: true },
  "enforce of 2000 domains": { mode: "enforce", allowed_domains: MANY, allowed_http_domains: MANY.slice(0, 250) },
};
type PolicyName = keyof typeof POLICIES;

/** Which addresses the firewall sees: of workloads, or of NAT gateways, which stand before it in the order after-nat. */
const SOURCES = { "before-nat": "10.0.1.5", "after-nat": "10.0.224.133" };

const RFC_9001_HELLO =
  "010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010000e00" +
  "000b6578616d706c652e636f6dff01000100000a00080006001d0017001800100007000504616c706e000500050100000000003300260024" +
  "001d00209370b2c9caa47fabaf4559fedba753de171fa71f50f1ce15d43e994ec74d7480002b0003020304000d0010000e04030503060302" +
  "03080408050806002d00020101001c00024001003900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901" +
  "100f088394c8f03e51570806048000ffff";

const isInstalled = spawnSync("suricata", ["-V"]).status === 0;
const REASON = "There is no suricata on the PATH: install it from Debian 13, or from bookworm-backports on Debian 12.";

/** The hostname in each alert, as sni-collector reads it. Engines differ in whether they keep upper case. */
const namesOf = (alerts: readonly Alert[], action: string) =>
  alerts
    .filter(({ alert }) => alert.action === action)
    .map((event) => String(namesIn(event)[0]?.raw ?? "").toLowerCase())
    .sort();

describe.skipIf(!isInstalled)(
  `the rules of both modes in Suricata${isInstalled ? "" : ` (skipped: ${REASON})`}`,
  () => {
    const root = Root.of("egress");
    const policies = new Map<string, Policy>();
    beforeAll(async () => {
      const { stop } = await startAws(root);
      for (const [name, variables] of Object.entries(POLICIES)) {
        root.give({ region: REGION, ...variables });
        await root.apply("-target=aws_networkfirewall_firewall_policy.this");
        policies.set(name, policyOf(await root.resources()));
      }
      return stop;
    });
    afterAll(() => root.remove());

    const run = (name: PolicyName, packets: readonly Packet[]) => {
      const policy = policies.get(name);
      if (!policy) throw new Error(`There is no policy ${name}.`);
      return runSuricata(policy.rules, packets, policy.settings);
    };

    describe.each(Object.entries(SOURCES))("in the order %s", (_placement, source) => {
      const verdicts = new Map<string, Verdicts>();
      const connections = CONNECTIONS.map((connection, index) => {
        const ends: Ends = {
          client: { address: source, port: 20_000 + index },
          server: { address: "93.184.216.34", port: connection.port },
        };
        return { ...connection, packets: connection.packets(ends) };
      });
      const starts = connections.map((_, index) =>
        connections.slice(0, index).reduce((packets, connection) => packets + connection.packets.length, 0),
      );
      beforeAll(() => {
        for (const name of ["observe", "enforce", "enforce with log_allowed"] as const)
          verdicts.set(
            name,
            run(
              name,
              connections.flatMap(({ packets }) => packets),
            ),
          );
      });
      /** What a policy made of one connection. */
      const of = (name: PolicyName, index: number) => {
        const { alerts = [], dropped = new Set<number>() } = verdicts.get(name) ?? {};
        const { packets } = connections[index] ?? { packets: [] };
        const start = starts[index] ?? 0;
        const isMine = (place: number) => place >= start && place < start + packets.length;
        const passed = packets.filter((_, place) => !dropped.has(start + place));
        const last = packets.findLastIndex(({ from }) => from === "client");
        return {
          // An alert about reassembled fragments has no place in the capture.
          alerts: alerts.filter(({ pcap_cnt, src_port }) => isMine(pcap_cnt - 1) || src_port === 20_000 + index),
          dropped: packets.length - passed.length,
          isCutOff: dropped.has(start + last),
          through: passed.reduce((bytes, { from, size }) => bytes + (from === "client" ? size : 0), 0),
        };
      };

      describe.each(connections.map((connection, index) => ({ ...connection, index })))("$name", (connection) => {
        it(`The mode observe lets through: ${connection.name}. It alerts once per hostname.`, () => {
          const { alerts, dropped } = of("observe", connection.index);
          expect([namesOf(alerts, "allowed"), namesOf(alerts, "blocked"), dropped]).toEqual([
            connection.observed.toSorted(),
            [],
            0,
          ]);
        });

        const does = connection.through === Number.POSITIVE_INFINITY ? "lets through" : "drops";
        it(`The mode enforce ${does}: ${connection.name}. It alerts once about what it drops.`, () => {
          const { alerts, dropped, isCutOff, through } = of("enforce", connection.index);
          expect([namesOf(alerts, "blocked"), namesOf(alerts, "allowed")]).toEqual([connection.blocked.toSorted(), []]);
          expect(through).toBeLessThanOrEqual(connection.through);
          if (connection.through === Number.POSITIVE_INFINITY) expect(dropped).toBe(0);
          else expect(isCutOff).toBe(true);
        });

        it(`With log_allowed, the mode enforce also alerts about what it lets through: ${connection.name}.`, () => {
          const { alerts, through } = of("enforce with log_allowed", connection.index);
          expect(namesOf(alerts, "blocked")).toEqual(connection.blocked.toSorted());
          expect(namesOf(alerts, "allowed")).toEqual(connection.allowed.toSorted());
          expect(through).toBe(of("enforce", connection.index).through);
        });
      });
    });

    describe("a connection that is older than the firewall", () => {
      const ends: Ends = {
        client: { address: "10.0.1.5", port: 30_000 },
        server: { address: "93.184.216.34", port: 443 },
      };
      const record = Buffer.from(`1703030020${"41".repeat(32)}`, "hex");
      const packets = tcp(ends, [client(record), server(record), keepAlive("client"), client(record)], {
        begun: false,
        ended: false,
      });

      it("The mode observe lets it go on.", () => {
        expect(run("observe", packets).dropped.size).toBe(0);
      });

      it("The mode enforce drops all of it.", () => {
        expect(run("enforce", packets).dropped.size).toBe(packets.length);
      });
    });

    it("The mode enforce judges 2000 domains as it judges two.", async () => {
      const names = ["a.host-1998.example.net", "host-1999.example.net", "a.host-1999.example.net"];
      const packets = await Promise.all(
        names.map(async (name, index) =>
          tcp(
            { client: { address: "10.0.1.5", port: 40_000 + index }, server: { address: "93.184.216.34", port: 443 } },
            [client(await clientHello(name, { ecdhCurve: "X25519" }))],
          ),
        ),
      );
      const requests = ["host-249.example.net", "host-1999.example.net"].map((host, index) =>
        tcp({ client: { address: "10.0.1.5", port: 50_000 + index }, server: { address: "93.184.216.34", port: 80 } }, [
          client(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
        ]),
      );
      const { alerts } = run("enforce of 2000 domains", [...packets, ...requests].flat());
      expect(namesOf(alerts, "blocked")).toEqual(["a.host-1999.example.net", "host-1999.example.net"]);
    });
  },
);

it("The made-up QUIC client sends the packet that RFC 9001 prints for its hello.", () => {
  // https://www.rfc-editor.org/rfc/rfc9001#section-a.2
  const hello = Buffer.from(RFC_9001_HELLO, "hex");
  const [packet] = quicInitials(hello, Buffer.from("8394c8f03e515708", "hex"), { firstNumber: 2 });
  expect(packet?.length).toBe(1_200);
  expect(packet?.toString("hex")).toMatch(
    /^c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9bd8bab936b47d92ec356c0bab7df5976d27cd449f63300099f399/,
  );
});
