import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { renderPage } from "../../../functions/guardrail-merger/page.ts";
import { chromiumPath, startChromium } from "../../../scripts/chromium.ts";
import {
  checked,
  failing,
  guardrail,
  largeReport,
  reportOf,
  sampleReport,
  unchecked,
} from "../../support/guardrail-report.ts";

const chromium = chromiumPath();
const REASON = "There is no chromium on the PATH: apt-get install chromium.";

/** Run in the page, which has no types here. */
const WIDTH = "document.documentElement.scrollWidth";
const BACKGROUND = "getComputedStyle(document.body).backgroundColor";
const FAINT_TEXTS = readFileSync(join(import.meta.dirname, "faint-texts.js"), "utf8");

const LONG = "\u202e<script>".padEnd(300, "x");
const LONG_CHECK = checked(LONG, [guardrail(LONG, LONG, "failed", [failing(LONG, LONG)])], { owner: LONG });
const PAGES = {
  sample: renderPage(sampleReport()),
  large: renderPage(largeReport()),
  hostile: renderPage(reportOf([LONG_CHECK, unchecked("web", LONG)], { outcome: LONG, repository: LONG })),
};

describe.skipIf(chromium === undefined)(
  `the page of a check in Chromium${chromium === undefined ? ` (skipped: ${REASON})` : ""}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "palisade page-"));
    let browser: Browser;
    /** What the pages asked for beside themselves, and what the console says. */
    const heard: string[] = [];
    beforeAll(async () => {
      for (const [name, text] of Object.entries(PAGES)) writeFileSync(join(folder, `${name}.html`), text);
      browser = await startChromium(chromium ?? "");
    });
    afterEach(() => {
      expect(heard.splice(0)).toEqual([]);
    });
    afterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true });
    });

    async function open(name: keyof typeof PAGES, options: BrowserContextOptions = {}): Promise<Page> {
      const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })).newPage();
      const address = pathToFileURL(join(folder, `${name}.html`)).href;
      page.on("request", (request) => {
        if (request.url() !== address && request.url() !== "data:,") heard.push(`request of ${request.url()}`);
      });
      page.on("console", (message) => heard.push(`console: ${message.text()}`));
      page.on("pageerror", (error) => heard.push(`error: ${error.message}`));
      await page.goto(address);
      return page;
    }

    const visibleRows = (page: Page) => page.locator(".matrix tbody tr:not(.group):visible").count();
    const focused = (page: Page) =>
      page.evaluate<string>(
        "document.activeElement.tagName + ' ' + document.activeElement.textContent.trim().slice(0, 40)",
      );

    it("asks for nothing, and has no fault in its console.", async () => {
      const page = await open("sample");
      expect(await visibleRows(page)).toBe(13);
      // The policy of the page refuses what is not in it, and the console says so.
      await page.evaluate(
        "document.body.append(Object.assign(new Image(), { src: 'https://evil.example.com/x.png' }))",
      );
      await page.waitForTimeout(200);
      expect(heard.splice(0).join()).toContain("Content Security Policy");
    });

    it("is dark for who wants it dark, and readable in both: each text has a contrast of at least 4.5.", async () => {
      const colours: string[] = [];
      for (const colorScheme of ["light", "dark"] as const) {
        const page = await open("sample", { colorScheme });
        colours.push(await page.evaluate<string>(BACKGROUND));
        expect(await page.evaluate(FAINT_TEXTS)).toEqual([]);
      }
      expect(new Set(colours).size).toBe(2);
    });

    it("shows the addresses behind a cell where the reader is, by keyboard alone, and goes back to the cell.", async () => {
      const page = await open("sample");
      const cell = page.locator('td.fb a:text("3 resources")');
      await cell.focus();
      expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      expect(await dialog.innerText()).toContain("module.workers.aws_ebs_volume.scratch[1]");
      expect(await dialog.innerText()).toContain("Volumes are encrypted");
      await page.keyboard.press("Escape");
      expect(await dialog.isVisible()).toBe(false);
      expect(await focused(page)).toBe("A fails: 3 resources");

      await page.keyboard.press("Enter");
      await dialog.getByText("Show it in the list").click();
      expect(await dialog.isVisible()).toBe(false);
      expect(await page.locator("details:target").innerText()).toContain("payments-oncall@example.com");
    });

    it("has what matters in the order of the page for the key Tab, with a way past the matrix at the start.", async () => {
      const page = await open("sample");
      const stops: string[] = [];
      for (let tabs = 0; tabs < 9; tabs += 1) {
        await page.keyboard.press("Tab");
        stops.push(await focused(page));
      }
      expect(stops).toEqual([
        "A Skip to the findings",
        "SUMMARY Figures",
        "INPUT ",
        "INPUT ",
        "SELECT anywould stopfailsexemptedcould not chec",
        "BUTTON Show all",
        expect.stringMatching(/^DIV Guardrail/),
        "A could not check",
        "A fails: 2 resources",
      ]);
      await page.goto(`${page.url()}#findings`);
      expect(await focused(page)).toBe("H2 Findings");
    });

    it("filters guardrails, workloads and verdicts, says how many are left, and shows all again.", async () => {
      const page = await open("large");
      const [guardrail, workload, verdict] = [
        page.getByLabel("Guardrail", { exact: true }),
        page.getByLabel("Workload or owner"),
        page.getByLabel("Verdict"),
      ];
      const said = page.locator("output");
      expect(await said.innerText()).toBe("60 of 60 guardrails, 50 of 50 workloads");
      await guardrail.fill("encryption volumes");
      expect(await said.innerText()).toBe("5 of 60 guardrails, 50 of 50 workloads");
      expect(await visibleRows(page)).toBe(5);
      await workload.fill("billing-team");
      expect(await said.innerText()).toBe("5 of 60 guardrails, 5 of 50 workloads");
      expect(await page.locator("thead th.w:visible").allInnerTexts()).toHaveLength(5);
      await verdict.selectOption("would stop");
      const shown = await page
        .locator(".matrix tbody tr:visible td[class]:visible")
        .evaluateAll((cells) => cells.map(({ className }) => className));
      expect(shown).toContain("fb");
      await guardrail.fill("no such guardrail");
      expect(await visibleRows(page)).toBe(0);
      await page.getByText("Show all").click();
      await expect.poll(() => said.innerText()).toBe("60 of 60 guardrails, 50 of 50 workloads");
    });

    it("keeps the names of guardrails and workloads in sight where the matrix is large.", async () => {
      const page = await open("large");
      const matrix = page.getByRole("region", { name: "Guardrails × workloads" });
      await matrix.evaluate((element) => element.scrollTo(500, 900));
      const box = await matrix.boundingBox();
      const head = await page.locator(".matrix thead th").first().boundingBox();
      expect(head?.x).toBeCloseTo((box?.x ?? 0) + 1, 0);
      expect(head?.y).toBeCloseTo((box?.y ?? 0) + 1, 0);
      expect(await matrix.evaluate((element) => element.scrollLeft)).toBe(500);
    });

    it.each(["sample", "large", "hostile"] as const)(
      "has nothing but its tables wider than the window: %s.",
      async (name) => {
        for (const width of [1280, 390]) {
          const page = await open(name, { viewport: { width, height: 800 } });
          expect(await page.evaluate(WIDTH)).toBe(width);
        }
      },
    );

    it("shows everything without its script, and opens a finding by its link.", async () => {
      const page = await open("large", { javaScriptEnabled: false });
      expect(await visibleRows(page)).toBe(60);
      expect(await page.locator("form").isVisible()).toBe(false);
      const finding = page.locator("details").last();
      expect(await finding.locator("code").first().isVisible()).toBe(false);
      await page.goto(`${page.url()}#${await finding.getAttribute("id")}`);
      await page.locator("details:target summary").click();
      expect(await finding.locator("code").first().isVisible()).toBe(true);
    });

    it("fits on paper of A4 with 50 workloads, with every finding and without controls.", async () => {
      // 277 mm, with 96 pixels to the inch.
      const page = await open("large", { viewport: { width: 1047, height: 740 } });
      await page.emulateMedia({ media: "print" });
      expect(await page.evaluate(WIDTH)).toBeLessThan(1060);
      expect(
        await page.locator("form, .skip, dialog").evaluateAll((all) => all.map((one) => one.checkVisibility())),
      ).toEqual([false, false, false]);
      expect(
        await page.locator("article details code").evaluateAll((all) => all.every((one) => one.checkVisibility())),
      ).toBe(true);
      expect(await page.evaluate<string>(BACKGROUND)).toBe("rgb(255, 255, 255)");
    });

    it("has tables that screen readers know: each head has a scope, each cell a word.", async () => {
      const page = await open("large");
      expect(await page.locator("th:not([scope])").count()).toBe(0);
      const matrix = await page.getByRole("region", { name: "Guardrails × workloads" }).ariaSnapshot();
      expect(matrix).toMatch(/rowheader "No statement allows every action block"/);
      expect(matrix).toMatch(/cell "exempted until 2027-01-31"/);
      expect(matrix).toMatch(/cell "fails: 2 resources"/);
      expect(matrix).toMatch(/cell "passed"/);
    });
  },
);
