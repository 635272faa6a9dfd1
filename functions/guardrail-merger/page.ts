import { createHash } from "node:crypto";
import type { Level } from "../../shared/compliance.ts";
import { type Html, html, outside, verbatim } from "./html.ts";
import { PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";
import {
  blastRadius,
  blastRadiusText,
  type Changes,
  changesSince,
  counted,
  countVerdicts,
  type Finding,
  findingOf,
  type Guardrail,
  guardrailsOf,
  inOrder,
  type Report,
  VERDICTS,
  type Verdict,
  type WorkloadCheck,
} from "./report.ts";

/** With more workloads, a cell of the matrix shows a sign and no words. */
const MOST_WIDE = 8;

/** How many resources the page lists in all, so that a browser can show it. Each finding lists at least one. */
const MOST_RESOURCES = 3_000;

/** How many findings, changes, or names in a sentence the page shows without being asked. */
const MOST_SHOWN = 12;

/** How many runs the trend shows. */
const MOST_RUNS = 30;

const LEVEL_ORDER: Readonly<Record<Level, number>> = { block: 0, warn: 1, observe: 2 };

/** How a verdict looks: a sign, a word and a class of the style. */
const LOOKS: Readonly<Record<Verdict, { sign: string; word: string; style: string }>> = {
  failed: { sign: "✗", word: "fails", style: "fb" },
  "could not check": { sign: "?", word: "could not check", style: "q" },
  exempted: { sign: "◐", word: "exempted", style: "e" },
  passed: { sign: "✓", word: "passed", style: "p" },
  "not applicable": { sign: "–", word: "not applicable", style: "n" },
};
const FAILED_STYLES: Readonly<Record<Level, string>> = { block: "fb", warn: "fw", observe: "fo" };

interface Cell extends Finding {
  check: WorkloadCheck;
  style: string;
  /** Where the page lists its resources; empty where there are none. */
  id: string;
}

interface Row {
  guardrail: Guardrail;
  cells: Cell[];
}

/**
 * Writes the page of a check: one file of HTML that loads nothing, and that works without its script. Every text of the report
 * may be hostile.
 */
export function renderPage(report: Report): string {
  const workloads = inOrder(report.workloads);
  const rows = guardrailsOf(workloads).map((guardrail, row): Row => {
    const cells = workloads.map((check, column): Cell => {
      const finding = findingOf(check, guardrail);
      const style = finding.verdict === "failed" ? FAILED_STYLES[guardrail.level] : LOOKS[finding.verdict].style;
      return { ...finding, check, style, id: finding.resources.length > 0 ? `f-${row}-${column}` : "" };
    });
    return { guardrail, cells };
  });
  const policy = `default-src 'none'; img-src data:; style-src '${hashOf(PAGE_STYLE)}'; script-src '${hashOf(PAGE_SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${verbatim(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>Guardrails ${report.commitId.slice(0, 7)}</title>
<link rel="icon" href="data:,">
<style>${verbatim(PAGE_STYLE)}</style>
<a class="skip" href="#findings">Skip to the findings</a>
${headOf(report)}
<main>
<div class="top">${radiusOf(workloads)}${trendOf(report)}</div>
${changesOf(report)}
${matrixOf(workloads, rows)}
${findingsOf(workloads, rows)}
${workloadsOf(workloads)}
</main>
<footer><p>Times are in UTC. Verdicts are counted for each guardrail and workload. A resource of a workload counts once, however many guardrails it fails.</p></footer>
<dialog aria-label="Finding"><div></div><p class="act"><a href="#findings">Show it in the list</a><button type="button">Close</button></p></dialog>
<script>${verbatim(PAGE_SCRIPT)}</script>
</html>
`.markup;
}

const hashOf = (text: string): string => `sha256-${createHash("sha256").update(text).digest("base64")}`;

const named = ({ scenario, feature }: Guardrail): Html =>
  html`<b>${outside(scenario)}</b> <code class="feature">${outside(feature)}</code>`;
const levelOf = ({ level }: Guardrail): Html => html`<span class="level ${level}">${level}</span>`;
const shortId = (commitId: string): Html => html`<code>${outside(commitId.slice(0, 7))}</code>`;
const mark = (verdict: Verdict, style = LOOKS[verdict].style): Html =>
  html`<span class="mark ${style}" aria-hidden="true">${LOOKS[verdict].sign}</span>`;
const minute = (at: string): Html => html`<time>${outside(at.slice(0, 16).replace("T", " "))}</time>`;
const day = (at: string): string => at.slice(0, 10);

function listed(texts: readonly string[], most = MOST_SHOWN, one = outside): Html {
  const shown = texts.slice(0, most).map((text, index) => html`${index > 0 ? ", " : ""}${one(text)}`);
  return html`${shown}${texts.length > most ? ` and ${texts.length - most} more` : ""}`;
}

function headOf({ repository, commitId, at, execution, outcome, active }: Report): Html {
  const facts: [string, Html][] = [
    ["Repository", outside(repository)],
    ["Commit", html`<code>${outside(commitId)}</code>`],
    ["Checked", minute(at)],
  ];
  if (active) facts.push(["Active guardrails", shortId(active.commitId)]);
  if (execution !== undefined) facts.push(["Execution", html`<code>${outside(execution)}</code>`]);
  return html`<header>
<p class="kind">Guardrails tried on every workload</p>
<h1>${outside(outcome)}</h1>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>`;
}

function radiusOf(workloads: readonly WorkloadCheck[]): Html {
  const radius = blastRadius(workloads);
  const counts = countVerdicts(workloads);
  const hit = radius.workloads.length;
  return html`<section class="card" aria-labelledby="radius"><h2 id="radius">Blast radius</h2>
<p class="radius${hit === 0 ? " none" : ""}">Would stop <strong>${hit === 0 ? "none" : hit} of ${counted(radius.of, "workload")}</strong>${
    radius.resources > 0 ? html`, <strong>${counted(radius.resources, "resource")}</strong>` : ""
  }</p>
<p class="people">${hit === 0 ? "" : html`${radius.owners.length === 1 ? "Owner" : "Owners"}: ${listed(radius.owners)}`}</p>
${radius.unchecked > 0 ? html`<p class="people">${counted(radius.unchecked, "workload")} could not be checked.</p>` : ""}
<ul class="counts">${VERDICTS.map(
    (verdict) => html`<li>${mark(verdict)}<span><b>${counts[verdict]}</b> ${LOOKS[verdict].word}</span></li>`,
  )}</ul></section>`;
}

/** What the bars of the trend show: failures above the line, and below it what hides others. */
const BELOW = ["exempted", "could not check"] as const;
const BARS = ["failed", ...BELOW] as const;

function trendOf({ trend }: Report): Html {
  const runs = trend.slice(-MOST_RUNS);
  const title = html`<section class="card" aria-labelledby="trend"><h2 id="trend">Trend</h2>`;
  if (runs.length < 2)
    return html`${title}<p class="people">This is the first run. The next ones will show here.</p></section>`;
  const [width, height, top, bottom] = [560, 200, 18, 20];
  const slot = width / runs.length;
  const bar = Math.min(32, slot * 0.7);
  const below = ({ counts }: Report["trend"][number]) => BELOW.reduce((sum, verdict) => sum + counts[verdict], 0);
  const highest = Math.max(1, ...runs.map(({ counts }) => counts.failed));
  const scale = (height - top - bottom) / (highest + Math.max(0, ...runs.map(below)));
  const line = top + highest * scale;
  const columns = runs.map(({ counts }, index) => {
    const left = index * slot + (slot - bar) / 2;
    const rect = (verdict: Verdict, y: number) =>
      counts[verdict] === 0
        ? ""
        : html`<rect class="bar ${LOOKS[verdict].style}" x="${left.toFixed(1)}" y="${y.toFixed(1)}" width="${bar.toFixed(1)}" height="${(counts[verdict] * scale).toFixed(1)}"/>`;
    const last = index === runs.length - 1;
    // Every figure has room where the bars are wide.
    const label =
      slot > 24 || index === 0 || last
        ? html`<text class="${last ? "now" : ""}" x="${(left + bar / 2).toFixed(1)}" y="${(line - counts.failed * scale - 5).toFixed(1)}" text-anchor="middle">${counts.failed}</text>`
        : "";
    return html`${rect("failed", line - counts.failed * scale)}${rect("exempted", line)}${rect("could not check", line + counts.exempted * scale)}${label}`;
  });
  const [first, last] = [runs[0], runs.at(-1)];
  return html`${title}
<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="trend-text">
<title id="trend-text">Failures in the last ${runs.length} runs: from ${first?.counts.failed ?? 0} to ${last?.counts.failed ?? 0}</title>
<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>
<line class="axis" x1="0" x2="${width}" y1="${line.toFixed(1)}" y2="${line.toFixed(1)}"/>
${columns}
<text x="0" y="${height - 5}">${day(first?.at ?? "")}</text><text class="now" x="${width}" y="${height - 5}" text-anchor="end">this run</text>
</svg>
<ul class="key">${BARS.map(
    (verdict) =>
      html`<li><svg viewBox="0 0 12 12" aria-hidden="true"><rect class="bar ${LOOKS[verdict].style}" x="1" y="1" width="10" height="10"/></svg>${LOOKS[verdict].word}${verdict === "failed" ? ", above the line" : ", below it"}</li>`,
  )}</ul>
<details><summary>Figures</summary><div class="wide" tabindex="0" role="region" aria-label="Figures of the runs"><table class="plain"><thead><tr><th scope="col">Run</th><th scope="col">Commit</th>${VERDICTS.map(
    (verdict) => html`<th scope="col">${LOOKS[verdict].word}</th>`,
  )}</tr></thead><tbody>${runs
    .toReversed()
    .map(
      ({ at, commitId, counts }) =>
        html`<tr><th scope="row">${minute(at)}</th><td>${shortId(commitId)}</td>${VERDICTS.map((verdict) => html`<td>${counts[verdict]}</td>`)}</tr>`,
    )}</tbody></table></div></details></section>`;
}

function changesOf({ active, workloads }: Report): Html {
  const title = html`<section class="card" aria-labelledby="changes"><h2 id="changes">What changed since the active guardrails</h2>`;
  if (!active)
    return html`${title}<p class="people">No check of active guardrails is known: all of it is new.</p></section>`;
  const { added, removed, levels, workloadsAdded, workloadsRemoved, checks, verdicts } = changesSince(
    active.workloads,
    workloads,
  );
  const line = (what: string, text: Html) => html`<li><span class="what">${what}</span><div>${text}</div></li>`;
  const lines = [
    ...added.map((guardrail) =>
      line("New guardrail", html`${named(guardrail)} ${levelOf(guardrail)}<p>${reachOf(workloads, guardrail)}</p>`),
    ),
    ...levels.map(({ guardrail, before }) =>
      line(
        "Level",
        html`${named(guardrail)} ${levelOf({ ...guardrail, level: before })} → ${levelOf(guardrail)}<p>${reachOf(workloads, guardrail)}</p>`,
      ),
    ),
    ...removed.map((guardrail) => line("Removed", html`${named(guardrail)} ${levelOf(guardrail)}`)),
    ...checks.map(({ workload, couldBefore }) =>
      line(couldBefore ? "Not checked now" : "Checked again", html`<b>${outside(workload)}</b>`),
    ),
    ...(workloadsAdded.length > 0 ? [line("New workload", listed(workloadsAdded))] : []),
    ...(workloadsRemoved.length > 0 ? [line("Workload gone", listed(workloadsRemoved))] : []),
  ];
  const changed = [...Map.groupBy(verdicts, ({ guardrail }) => guardrail)].map(([guardrail, of]) =>
    line("Other verdict", html`${named(guardrail)} ${levelOf(guardrail)}<ul>${of.map(verdictChange)}</ul>`),
  );
  if (lines.length + changed.length === 0) return html`${title}<p class="people">Nothing.</p></section>`;
  const all = [...lines, ...changed];
  const rest = all.slice(MOST_SHOWN);
  return html`${title}<ul class="changes">${all.slice(0, MOST_SHOWN)}</ul>${
    rest.length > 0
      ? html`<details><summary>${counted(rest.length, "more change")}</summary><ul class="changes">${rest}</ul></details>`
      : ""
  }</section>`;
}

function verdictChange({ workload, before, now, appeared, gone }: Changes["verdicts"][number]): Html {
  const code = (address: string) => html`<code>${outside(address)}</code>`;
  const verdict =
    before === now ? html`still ${LOOKS[now].word}` : html`${LOOKS[before].word} → <b>${LOOKS[now].word}</b>`;
  return html`<li>${outside(workload)}: ${verdict}${appeared.length > 0 ? html`; new: ${listed(appeared, 3, code)}` : ""}${
    gone.length > 0 ? html`; no longer: ${listed(gone, 3, code)}` : ""
  }</li>`;
}

/** What a guardrail does at its level, and what it would do at `block`. */
function reachOf(workloads: readonly WorkloadCheck[], guardrail: Guardrail): Html {
  const radius = blastRadius(workloads, [guardrail]);
  const text = blastRadiusText({ ...radius, unchecked: 0 });
  return guardrail.level === "block" || radius.workloads.length === 0
    ? html`${outside(text.replace(/^w/, "W"), 4_000)}.`
    : html`Stops nothing at level ${guardrail.level}. At level block it ${outside(text, 4_000)}.`;
}

function matrixOf(workloads: readonly WorkloadCheck[], rows: readonly Row[]): Html {
  const title = html`<section aria-labelledby="matrix"><h2 id="matrix">Guardrails × workloads</h2>`;
  if (rows.length === 0) return html`${title}<p>No workload could be checked, so no guardrail was tried.</p></section>`;
  const narrow = workloads.length > MOST_WIDE;
  const groups = [...Map.groupBy(rows, ({ guardrail }) => guardrail.feature)];
  return html`${title}
<form hidden><label>Guardrail<input type="search" size="24"></label><label>Workload or owner<input type="search" size="20"></label><label>Verdict<select><option value="">any<option value="fb">would stop<option value="f">fails<option value="e">exempted<option value="q">could not check<option value="n">not applicable</select></label><button type="reset">Show all</button><output></output></form>
<div class="scroll${rows.length > MOST_SHOWN * 2 ? " tall" : ""}" tabindex="0" role="region" aria-labelledby="matrix"><table class="matrix${narrow ? " narrow" : ""}">
<thead><tr><th scope="col">Guardrail</th><th scope="col">Would stop</th>${workloads.map(({ workload, owner }) =>
    narrow
      ? html`<th scope="col" class="w"><span>${outside(workload)}</span><span class="v"> ${outside(owner)}</span></th>`
      : html`<th scope="col" class="w">${outside(workload)}<span class="owner">${outside(owner)}</span></th>`,
  )}</tr>
<tr><th scope="row">Stopped by</th><td></td>${workloads.map((check, column) => stoppedCell(check, rows, column, narrow))}</tr></thead>
${groups.map(
  ([
    feature,
    of,
  ]) => html`<tbody><tr class="group"><th scope="rowgroup">${outside(feature)}</th><td colspan="${workloads.length + 1}"></td></tr>
${of.map(
  ({ guardrail, cells }) =>
    html`<tr><th scope="row"><div class="name"><span>${outside(guardrail.scenario)}</span>${levelOf(guardrail)}</div></th><td>${shortReach(cells, guardrail)}</td>${cells.map((cell) => matrixCell(cell, narrow))}</tr>
`,
)}</tbody>`,
)}</table></div></section>`;
}

function stoppedCell({ compliance }: WorkloadCheck, rows: readonly Row[], column: number, narrow: boolean): Html {
  const hidden = narrow ? "v" : "";
  if (!compliance)
    return html`<td class="q"><a href="#w-${column}"><span class="${hidden}">could not check</span></a></td>`;
  const by = rows.filter(({ cells }) => cells[column]?.style === "fb").length;
  return by === 0
    ? html`<td class="p"><span class="${hidden}">none</span></td>`
    : html`<td class="fb">${by}<span class="${hidden}"> ${by === 1 ? "guardrail" : "guardrails"}</span></td>`;
}

function shortReach(cells: readonly Cell[], guardrail: Guardrail): string {
  if (guardrail.level !== "block") return "";
  const { workloads, resources } = blastRadius(
    cells.map(({ check }) => check),
    [guardrail],
  );
  if (workloads.length === 0) return "";
  return `${counted(workloads.length, "workload")}${resources > 0 ? `, ${counted(resources, "resource")}` : ""}`;
}

const failedOf = ({ resources }: Finding): Finding["resources"] =>
  resources.filter(({ verdict }) => verdict === "failed");

function wordsOf(finding: Finding): string {
  const failed = failedOf(finding).filter(({ address }) => address !== "").length;
  if (finding.verdict === "failed") return failed === 0 ? "fails" : `fails: ${counted(failed, "resource")}`;
  if (finding.verdict === "exempted" && finding.exemptedUntil) return `exempted until ${finding.exemptedUntil}`;
  return LOOKS[finding.verdict].word;
}

function matrixCell(cell: Cell, narrow: boolean): Html {
  const count = narrow && cell.verdict === "failed" ? failedOf(cell).length : 0;
  const words = narrow
    ? html`${count > 0 ? html`<span aria-hidden="true">${count}</span>` : ""}<span class="v">${wordsOf(cell)}</span>`
    : wordsOf(cell);
  return html`<td class="${cell.style}">${cell.id === "" ? words : html`<a href="#${cell.id}">${words}</a>`}</td>`;
}

function findingsOf(workloads: readonly WorkloadCheck[], rows: readonly Row[]): Html {
  const worst = ({ guardrail, cells }: Row) =>
    cells.some(({ verdict }) => verdict === "failed") ? LEVEL_ORDER[guardrail.level] : 3;
  const found = rows.filter(({ cells }) => cells.some(({ id }) => id !== "")).sort((a, b) => worst(a) - worst(b));
  const cells = found.flatMap((row) => row.cells.filter(({ id }) => id !== ""));
  const all = cells.reduce((sum, { resources }) => sum + resources.length, 0);
  const most = all <= MOST_RESOURCES ? all : Math.max(1, Math.floor(MOST_RESOURCES / cells.length));
  const open = cells.length <= MOST_SHOWN;
  return html`<section aria-labelledby="findings"><h2 id="findings" tabindex="-1">Findings</h2>
${found.length === 0 ? html`<p>No guardrail fails.</p>` : ""}${found.map(
  ({ guardrail, cells: of }) => html`<article>
<div class="head"><h3>${outside(guardrail.scenario)}</h3><span class="feature">${outside(guardrail.feature)}</span>${levelOf(guardrail)}</div>
<p>${reachOf(workloads, guardrail)}</p>
${of
  .filter(({ id }) => id !== "")
  .sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict))
  .map((cell) => cellDetails(cell, open, most))}</article>
`,
)}</section>`;
}

function cellDetails(cell: Cell, open: boolean, most: number): Html {
  const { id, check, verdict, style, resources } = cell;
  const failed = failedOf(cell);
  const shown = [...failed, ...resources.filter((one) => one.verdict === "exempted")];
  return html`<details id="${id}"${open ? verbatim(" open") : ""}><summary>${mark(verdict, style)} <b>${outside(check.workload)}</b> ${wordsOf(cell)} <span class="people">${outside(check.owner)}</span></summary><ul class="resources">${shown
    .slice(0, most)
    .map(resourceLine)}${shown.length > most ? html`<li>and ${shown.length - most} more</li>` : ""}</ul></details>
`;
}

function resourceLine({ address, verdict, reason, exemption }: Finding["resources"][number]): Html {
  const name = address === "" ? "no single resource" : html`<code>${outside(address)}</code>`;
  return html`<li class="${verdict === "failed" ? "f" : "x"}">${name}<p>${outside(reason)}</p>${
    exemption
      ? html`<p><b>Exempted until ${outside(exemption.expires)}:</b> ${outside(exemption.reason)}<br>Owner ${outside(exemption.owner)}, approved by ${outside(exemption.approvedBy)}</p>`
      : ""
  }</li>`;
}

function workloadsOf(workloads: readonly WorkloadCheck[]): Html {
  return html`<section aria-labelledby="workloads"><h2 id="workloads">Workloads</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="workloads"><table class="plain"><thead><tr>${[
    "Workload",
    "Owner",
    "Result",
    "What was planned",
    "Checked with",
  ].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>
${workloads.map(workloadRow)}</tbody></table></div></section>`;
}

function workloadRow({ workload, owner, compliance, couldNotCheck }: WorkloadCheck, column: number): Html {
  const start = html`<tr id="w-${column}"><th scope="row">${outside(workload)}</th><td>${outside(owner)}</td>`;
  if (!compliance)
    return html`${start}<td colspan="3">${mark("could not check")} Could not check<p class="why">${outside(couldNotCheck ?? "There is no result.")}</p></td></tr>
`;
  const { scenarios, planned, terraform, terraformCompliance, notes } = compliance;
  const failed = (level: Level) => scenarios.filter((one) => one.verdict === "failed" && one.level === level).length;
  const [block, others] = [failed("block"), failed("warn") + failed("observe")];
  const result = html`${mark(block > 0 ? "failed" : "passed")} ${block > 0 ? `Stopped by ${counted(block, "guardrail")}` : "Complies"}${
    others > 0 ? `; ${counted(others, "guardrail")} of level warn or observe ${others === 1 ? "fails" : "fail"}` : ""
  }`;
  return html`${start}<td>${result}${notes.map((note) => html`<p class="why">${outside(note)}</p>`)}</td><td>${outside(planned.repository)} ${shortId(planned.commitId)} <code>${outside(planned.path)}</code></td><td>Terraform ${outside(terraform)}, terraform-compliance ${outside(terraformCompliance)}</td></tr>
`;
}
