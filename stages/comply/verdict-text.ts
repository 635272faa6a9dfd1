import { type Compliance, type ScenarioVerdict, stops } from "../../shared/compliance.ts";
import { type JunitCase, junit } from "../../shared/junit.ts";
import { listedNames } from "../../shared/listed-names.ts";

/** How many guardrails a sentence names. All of them are in the report and in the result. */
const NAMED = 5;

/** What people read of a check, in sentences. */
export function sentenceOf(result: Compliance): string {
  const { workload, scenarios } = result;
  const count = (verdict: ScenarioVerdict["verdict"]) => scenarios.filter((one) => one.verdict === verdict).length;
  const counted = (["passed", "failed", "exempted", "not applicable"] as const)
    .filter((verdict) => count(verdict) > 0)
    .map((verdict) => `${count(verdict)} ${verdict}`);
  const counts = `Guardrails on ${workload}: ${counted.join(", ")}.`;
  const failing = (levels: readonly string[]) =>
    scenarios.filter(({ verdict, level }) => verdict === "failed" && levels.includes(level));
  const advised = failing(["warn", "observe"]);
  return [
    counts,
    ...(stops(result) ? [`What stops it: ${named(failing(["block"]))}.`] : []),
    ...(advised.length > 0 ? [`What does not stop it: ${named(advised)}.`] : []),
  ].join(" ");
}

const named = (scenarios: readonly ScenarioVerdict[]): string =>
  [
    ...scenarios.slice(0, NAMED).map(({ scenario, resources }) => {
      const addresses = resources.filter(({ verdict }) => verdict === "failed").map(({ address }) => address);
      return `${scenario} (${listedNames(addresses.map((address) => address || "no single resource"))})`;
    }),
    ...(scenarios.length > NAMED ? [`and ${scenarios.length - NAMED} more`] : []),
  ].join("; ");

/** The report in the JUnit format: a case for each guardrail, with the resources that fail. */
export const reportOf = ({ scenarios }: Compliance): string =>
  junit(
    "compliance",
    scenarios.map((one): JunitCase => {
      const it = { group: one.feature, name: one.scenario };
      const text = one.resources
        .map(({ address, reason, exemption }) =>
          [
            address && `${address}:`,
            reason,
            exemption &&
              `Exempted until ${exemption.expires}, approved by ${exemption.approvedBy}: ${exemption.reason}`,
          ]
            .filter(Boolean)
            .join(" "),
        )
        .join("\n");
      if (one.verdict === "passed") return it;
      if (one.verdict === "not applicable") return { ...it, skipped: "Not applicable: it finds no resource." };
      if (one.verdict === "exempted") return { ...it, skipped: text };
      return one.level === "block"
        ? { ...it, failure: text }
        : { ...it, note: `Fails, and does not stop (${one.level}):\n${text}` };
    }),
  );
