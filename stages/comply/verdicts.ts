import type { Compliance, ScenarioVerdict } from "../../shared/compliance.ts";
import type { Waiver } from "../../shared/guardrail-waivers.ts";
import { plainText } from "../../shared/plain-text.ts";
import type { RawVerdict } from "../../shared/terraform-compliance.ts";

/**
 * Decides what the guardrails say of a workload, with its waivers. A waiver counts to the end of the day `expires`, for its guardrail
 * and its address, exactly. A guardrail is exempted where a waiver covers each resource that fails.
 *
 * @param today YYYY-MM-DD, UTC
 */
export function judge(
  raw: readonly RawVerdict[],
  waivers: readonly Waiver[],
  today: string,
): Pick<Compliance, "scenarios" | "notes"> {
  const used = new Set<Waiver>();
  const scenarios = raw.map(({ feature, scenario, level, verdict, resources }): ScenarioVerdict => {
    const judged = resources.map((resource): ScenarioVerdict["resources"][number] => {
      const waiver = waivers.find((one) => one.scenario === scenario && one.address === resource.address);
      if (!waiver) return { ...resource, verdict: "failed" };
      used.add(waiver);
      if (waiver.expires < today) return { ...resource, verdict: "failed" };
      const { reason, owner, approvedBy, expires } = waiver;
      return { ...resource, verdict: "exempted", exemption: { reason, owner, approvedBy, expires } };
    });
    const exempted = verdict === "failed" && judged.length > 0 && judged.every((one) => one.verdict === "exempted");
    return { feature, scenario, level, verdict: exempted ? "exempted" : verdict, resources: judged };
  });
  return { scenarios, notes: waivers.flatMap((waiver) => noteOf(waiver, { raw, used, today })) };
}

function noteOf(
  waiver: Waiver,
  { raw, used, today }: { raw: readonly RawVerdict[]; used: ReadonlySet<Waiver>; today: string },
): string[] {
  const name = `The waiver of ${waiver.scenario} for ${plainText(waiver.address, 300) || "no single resource"}`;
  const hasGuardrail = raw.some(({ scenario }) => scenario === waiver.scenario);
  const expired = waiver.expires < today ? [`${name} expired on ${waiver.expires}, and does not count.`] : [];
  if (used.has(waiver)) return expired;
  return [
    ...expired,
    hasGuardrail
      ? `${name} fits nothing that fails: take it out.`
      : `${name} fits no guardrail: no scenario has this name.`,
  ];
}
