import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { renderPage } from "../functions/guardrail-merger/page.ts";
import { largeReport, sampleReport } from "../test/support/guardrail-report.ts";
import { chromiumPath, startChromium } from "./chromium.ts";

// npx node scripts/guardrail-page.ts: takes the pictures of the page of a check in docs/, of samples, with the Chromium of this machine.

const DOCS = join(import.meta.dirname, "..", "docs");
const PICTURES = [
  { name: "guardrail-page-light", report: sampleReport(), colorScheme: "light", height: 1_180, from: "header" },
  { name: "guardrail-page-dark", report: sampleReport(), colorScheme: "dark", height: 1_180, from: "#matrix" },
  { name: "guardrail-page-50-workloads", report: largeReport(), colorScheme: "light", height: 900, from: "#matrix" },
] as const;

const program = chromiumPath();
if (program === undefined) {
  console.error("There is no chromium on the PATH: apt-get install chromium.");
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), "palisade page-"));
const browser = await startChromium(program);
try {
  for (const { name, report, colorScheme, height, from } of PICTURES) {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, renderPage(report));
    const page = await browser.newPage({ viewport: { width: 1_280, height }, colorScheme });
    await page.goto(pathToFileURL(file).href);
    await page.locator(from).scrollIntoViewIfNeeded();
    if (from !== "header") await page.evaluate(`document.querySelector("${from}").scrollIntoView()`);
    const path = join(DOCS, `${name}.png`);
    const { length } = await page.screenshot({ path });
    console.log(`docs/${name}.png  ${Math.round(length / 1_000)} KB`);
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
