import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { captureOf, type Packet } from "./packets.ts";

/** An alert of Suricata, as Network Firewall writes it into `event`. */
export interface Alert {
  readonly [key: string]: unknown;
  event_type: string;
  /** The number of the packet in the capture, from 1. */
  pcap_cnt: number;
  src_port?: number;
  alert: { action: string };
}

/** What the engine did with a capture. */
export interface Verdicts {
  alerts: Alert[];
  /** Places of the dropped packets in the capture, from 0. */
  dropped: Set<number>;
}

/** Runs Suricata over packets in one capture. Throws an error if it does not take a rule. */
export function runSuricata(rules: string, packets: readonly Packet[], settings: readonly string[] = []): Verdicts {
  const folder = mkdtempSync(join(tmpdir(), "palisade suricata-"));
  try {
    writeFileSync(join(folder, "capture.pcap"), captureOf(packets));
    writeFileSync(join(folder, "policy.rules"), rules);
    const args = [
      ...["-c", join(import.meta.dirname, "suricata.yaml"), "-S", join(folder, "policy.rules"), "-l", folder],
      ...["-r", join(folder, "capture.pcap"), "--simulate-ips", "--init-errors-fatal"],
      ...settings.flatMap((setting) => ["--set", setting]),
    ];
    execFileSync("suricata", args, { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
    const events: Alert[] = readFileSync(join(folder, "eve.json"), "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    return {
      alerts: events.filter(({ event_type }) => event_type === "alert"),
      dropped: new Set(events.filter(({ event_type }) => event_type === "drop").map(({ pcap_cnt }) => pcap_cnt - 1)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
