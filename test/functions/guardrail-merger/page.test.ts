import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { html, outside } from "../../../functions/guardrail-merger/html.ts";
import { renderPage } from "../../../functions/guardrail-merger/page.ts";
import type { Report } from "../../../functions/guardrail-merger/report.ts";
import {
  checked,
  exempted,
  failing,
  guardrail,
  largeReport,
  reportOf,
  sampleReport,
  unchecked,
} from "../../support/guardrail-report.ts";

/** A report in which every text from outside is this one. */
function reportOfText(text: string): Report {
  const waived = exempted(text, text, text);
  const all = [
    checked(
      text,
      [
        guardrail(text, `${text}1`, "failed", [failing(text, text)]),
        guardrail(text, `${text}2`, "exempted", [
          { ...waived, reason: text, exemption: { reason: text, owner: text, approvedBy: text, expires: text } },
        ]),
      ],
      { owner: text, notes: [text], commitId: text },
    ),
    unchecked(`${text}-other`, text),
  ].map((check) => ({ ...check, owner: text }));
  const report = reportOf(all, { repository: text, commitId: text, execution: text, at: text, outcome: text });
  const run = { at: text, commitId: text, counts: report.trend[0]?.counts ?? sampleCounts };
  return {
    ...report,
    active: { commitId: text, workloads: [checked(`${text}-gone`, [guardrail(text, text)])] },
    trend: [run, run],
  };
}
const sampleCounts = { failed: 0, "could not check": 0, exempted: 0, passed: 0, "not applicable": 0 };

/** The tags of a page, without what stands between them. */
const tagsOf = (page: string): string[] => page.match(/<[^>]*>/g) ?? [];

describe("texts from outside", () => {
  it("are escaped.", () => {
    expect(outside(`<img src=x onerror="alert('1')">&`).markup).toBe(
      "<bdi>&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</bdi>",
    );
  });

  it.each([
    ["the direction of writing", "\u202e", "U+202E"],
    ["an isolate", "\u2066", "U+2066"],
    ["a space of no width", "\u200b", "U+200B"],
    ["a space that does not break", "\u00a0", "U+00A0"],
    ["an escape", "\u001b", "U+001B"],
    ["NUL", "\0", "U+0000"],
    ["a carriage return", "\r", "U+000D"],
    ["a letter without a glyph", "\u3164", "U+3164"],
    ["a blank of Braille", "\u2800", "U+2800"],
    ["a tag of plane 14", "\u{e0041}", "U+E0041"],
    ["half a character", "\ud800", "U+D800"],
  ])("show %s by its number.", (_name, character, shown) => {
    expect(outside(`a${character}b`).markup).toBe(`<bdi>a<span class="u">${shown}</span>b</bdi>`);
  });

  it("keep letters of any language, usual spaces and line breaks.", () => {
    expect(outside("größe 大きさ שלום\nx").markup).toBe("<bdi>größe 大きさ שלום\nx</bdi>");
  });

  it("are cut where they are long, and not inside a character.", () => {
    expect(outside("x".repeat(2_000)).markup).toBe(`<bdi>${"x".repeat(1_000)}…</bdi>`);
    expect(outside(`${"x".repeat(9)}😀`, 10).markup).toBe(`<bdi>${"x".repeat(9)}…</bdi>`);
  });

  it("never become markup, in whatever place of the page they stand.", () => {
    const harmless = tagsOf(renderPage(reportOfText("plain")));
    for (const text of [
      `"><script>alert(1)</script>`,
      "</style></title><!--",
      `' onmouseover='alert(1)`,
      "</script><script>",
      "]]>&#x3c;b&#x3e;",
    ])
      expect(tagsOf(renderPage(reportOfText(text)))).toEqual(harmless);
  });

  it("leave no character in the page that a reader does not see.", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 30 }), (text) => {
        expect(renderPage(reportOfText(`x${text}`))).not.toMatch(/[[\p{C}\p{Default_Ignorable_Code_Point}]--[\n]]/v);
      }),
      { numRuns: 40 },
    );
  });
});

describe("html", () => {
  it("escapes texts and takes markup, numbers and lists as they are.", () => {
    expect(html`<p>${"<b>"}${html`<i>${1}</i>`}${[html`<u>x</u>`, "&", undefined]}</p>`.markup).toBe(
      "<p>&lt;b&gt;<i>1</i><u>x</u>&amp;</p>",
    );
  });
});

describe("the page", () => {
  const page = renderPage(sampleReport());

  it("allows exactly its own style and its own script, and loads nothing.", () => {
    const hashOf = (name: string) => {
      const [, text = ""] = new RegExp(`<${name}>(.*?)</${name}>`, "s").exec(page) ?? [];
      return createHash("sha256").update(text).digest("base64");
    };
    expect(page).toContain(
      `content="default-src 'none'; img-src data:; style-src 'sha256-${hashOf("style")}'; script-src 'sha256-${hashOf("script")}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(page.replace('<link rel="icon" href="data:,">', "")).not.toMatch(
      /(src|href)="(?!#)|url\((?!#)|@import|style="| on\w+="/,
    );
  });

  it("says of each guardrail and workload what came of it, in words.", () => {
    const { workloads } = sampleReport();
    const rows = [...page.matchAll(/<tr><th scope="row"><div class="name">.*?<\/tr>/gs)].map(([row]) => row);
    expect(rows).toHaveLength(13);
    for (const row of rows) {
      const cells = [...row.matchAll(/<td class="\w+">(.*?)<\/td>/gs)].map(([, cell = ""]) =>
        cell.replaceAll(/<[^>]*>/g, ""),
      );
      expect(cells).toHaveLength(workloads.length);
      for (const cell of cells)
        expect(cell).toMatch(
          /^(passed|fails(: \d+ resources?)?|exempted until \d{4}-\d\d-\d\d|not applicable|could not check)$/,
        );
    }
  });

  it("lists every address with its reason, the exemption with its end, reason and owner, and why a check was not possible.", () => {
    for (const text of [
      "module.workers.aws_ebs_volume.scratch[1]",
      "aws_s3_bucket.zone[&quot;curated&quot;]",
      "does not have root_block_device.encrypted property.",
      "Exempted until <bdi>2026-12-08</bdi>:</b> <bdi>Press kits are public until the new site is live.",
      "Owner <bdi>web@example.com</bdi>, approved by <bdi>ana@example.com",
      "Terraform could not plan: Error: Unsupported argument.",
      "matches nothing any more.",
    ])
      expect(page).toContain(text);
  });

  it("has a target for each of its links.", () => {
    for (const text of [page, renderPage(largeReport())]) {
      const targets = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
      const links = [...text.matchAll(/(?:href="#|aria-labelledby="|url\(#)([\w-]+)/g)].map(([, id]) => id);
      expect(links.length).toBeGreaterThan(10);
      expect(links.filter((id) => !targets.has(id))).toEqual([]);
    }
  });

  it("has under 1 MB for 50 workloads and 60 guardrails.", () => {
    expect(Buffer.byteLength(renderPage(largeReport(50, 60)))).toBeLessThan(1_000_000);
  });

  it("stays under 2 MB where everything fails with many resources, and says how many it leaves out.", () => {
    const many = Array.from({ length: 200 }, (_, index) => failing(`module.service.aws_thing.part[${index}]`));
    const workloads = Array.from({ length: 50 }, (_, workload) =>
      checked(
        `w${workload}`,
        Array.from({ length: 60 }, (_, row) => guardrail("f", `s${row}`, "failed", many)),
      ),
    );
    const large = renderPage(reportOf(workloads));
    expect(large).toContain("and 199 more");
    expect(Buffer.byteLength(large)).toBeLessThan(2_000_000);
  });

  it("says so where no workload could be checked, where there is one run, and where nothing is active yet.", () => {
    const none = renderPage(reportOf([unchecked("web", "git could not read the repository.")]));
    expect(none).toContain("No workload could be checked");
    expect(none).toContain("git could not read the repository.");
    expect(none).toContain("This is the first run.");
    expect(none).toContain("No check of active guardrails is known");
    expect(renderPage(reportOf([]))).toContain("none of 0 workloads");
  });

  it("draws a bar for what fails in each run, and one below it for what is exempted or could not be checked.", () => {
    const [, chart = ""] = /<title id="trend-text">(.*?)<ul class="key">/s.exec(page) ?? [];
    expect(chart).toContain("Failures in the last 12 runs: from 14 to 7");
    const bars = (style: string) => chart.match(new RegExp(`<rect class="bar ${style}"`, "g"))?.length;
    expect([bars("fb"), bars("e"), bars("q")]).toEqual([12, 6, 2]);
  });

  it("says that nothing changed where nothing did.", () => {
    const { workloads } = sampleReport();
    const same = renderPage(reportOf(workloads, { active: { commitId: "a".repeat(40), workloads } }));
    expect(same).toContain('<p class="people">Nothing.</p>');
  });
});
