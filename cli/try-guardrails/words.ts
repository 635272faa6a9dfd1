import {
  blastRadius,
  blastRadiusText,
  counted,
  findingOf,
  type Guardrail,
  guardrailsOf,
  type Report,
  VERDICTS,
  type Verdict,
  type WorkloadCheck,
} from "../../functions/guardrail-merger/report.ts";
import { stops } from "../../shared/compliance.ts";
import { safe, styled } from "../emails.ts";

/** What came of a check, in one sentence. */
export function outcomeOf(workloads: readonly WorkloadCheck[]): string {
  const { workloads: stopped, of, unchecked } = blastRadius(workloads);
  if (stopped.length + unchecked === 0) return "Every workload complies.";
  const missing = unchecked === 0 ? "" : `${unchecked} could not be checked`;
  if (stopped.length === 0) return `${missing.replace(/^\d+/, `$& of ${counted(of, "workload")}`)}.`;
  return `${stopped.length} of ${counted(of, "workload")} ${stopped.length === 1 ? "does" : "do"} not comply${missing && `, and ${missing}`}.`;
}

/** The check for a terminal: each workload with what fails in it, then what the guardrails would stop. */
export function reportInWords({ workloads, repository, commitId }: Report): string {
  const guardrails = guardrailsOf(workloads);
  return [
    `Guardrails of ${safe(repository)}, ${safe(commitId)}`,
    ...workloads.flatMap((check) => ["", ...workloadInWords(check, guardrails)]),
    "",
    `The guardrails ${safe(blastRadiusText(blastRadius(workloads)).replace(/; owners? .*/s, ""))}.`,
  ].join("\n");
}

function workloadInWords(check: WorkloadCheck, guardrails: readonly Guardrail[]): string[] {
  const name = styled("bold", safe(check.workload));
  const { compliance, couldNotCheck = "" } = check;
  if (!compliance) return [`${name}  ${styled("red", "could not check")}`, `  ${safe(couldNotCheck)}`];
  const found = guardrails.map((guardrail) => ({ guardrail, ...findingOf(check, guardrail) }));
  const shown = found
    .filter(({ verdict }) => verdict === "failed" || verdict === "exempted")
    .sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict))
    .flatMap(({ guardrail, verdict, resources, exemptedUntil }) => [
      `  ${verdict === "exempted" ? `exempted until ${exemptedUntil}` : `fails, ${guardrail.level}`}: ${safe(guardrail.scenario)} (${safe(guardrail.feature)})`,
      ...resources.map((resource) => {
        const { address, reason, exemption } = resource;
        const why = exemption
          ? `exempted until ${exemption.expires}: ${exemption.reason} (${exemption.owner}, approved by ${exemption.approvedBy})`
          : reason;
        return `    ${safe(address || "no single resource")}\n      ${safe(why)}`;
      }),
    ]);
  const count = (wanted: Verdict) => found.filter(({ verdict }) => verdict === wanted).length;
  return [
    `${name}  ${stops(compliance) ? styled("red", "does not comply") : styled("green", "complies")}`,
    ...shown,
    ...compliance.notes.map((note) => `  ${safe(note)}`),
    styled("dim", `  ${count("passed")} passed, ${count("not applicable")} not applicable`),
  ];
}
