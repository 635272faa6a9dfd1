import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const REPOSITORY = join(import.meta.dirname, "..", "..");

/** The files that are in git or will be, relative to the repository. */
const FILES = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
  cwd: REPOSITORY,
  encoding: "utf8",
})
  .split("\0")
  .filter((path) => path !== "" && existsSync(join(REPOSITORY, path)));

const MARKDOWN = FILES.filter((path) => path.endsWith(".md"));

/** Files, and the folders that they lie in: a link to what only this machine has, such as `dist/`, is broken elsewhere. */
const TARGETS = new Set(FILES.flatMap((path) => [path, ...foldersOf(path)]));

function foldersOf(path: string): string[] {
  const folder = dirname(path);
  return folder === "." ? ["."] : [folder, ...foldersOf(folder)];
}

const markdownOf = (path: string): string =>
  readFileSync(join(REPOSITORY, path), "utf8").replaceAll(/^ *```.*?^ *```/gms, "");

/** The targets of links and pictures, but for addresses of the web. */
const linksIn = (markdown: string): string[] =>
  [...markdown.replaceAll(/`[^`\n]*`/g, "").matchAll(/\]\(([^()\s]+)\)|^\[[^\]]+\]: (\S+)/gm)]
    .map(([, inline, reference]) => inline ?? reference ?? "")
    .filter((target) => !/^[a-z]+:/.test(target));

/** The anchors that GitHub makes of headings: https://docs.github.com/en/get-started/writing-on-github */
function anchorsIn(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of markdown.matchAll(/^#{1,6} (.+)$/gm)) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
    const anchor = text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, "")
      .replaceAll(" ", "-");
    let unique = anchor;
    for (let again = 1; anchors.has(unique); again += 1) unique = `${anchor}-${again}`;
    anchors.add(unique);
  }
  return anchors;
}

/** The reason why a link of a file is broken; undefined for a good link. */
function faultOf(file: string, target: string): string | undefined {
  const [path = "", anchor] = target.split("#").map(decodeURIComponent);
  const linked = path === "" ? file : join(dirname(file), path).replace(/\/$/, "");
  if (!TARGETS.has(linked)) return `${target}: there is no ${linked}`;
  if (anchor !== undefined && !anchorsIn(markdownOf(linked)).has(anchor))
    return `${target}: ${linked} has no such heading`;
  return undefined;
}

describe("the documents", () => {
  it.each(MARKDOWN)("%s links only to files and headings that the repository has.", (file) => {
    expect(linksIn(markdownOf(file)).flatMap((target) => faultOf(file, target) ?? [])).toEqual([]);
  });

  it.each([
    ["no-such-file.md", "there is no no-such-file.md"],
    ["node_modules", "there is no node_modules"],
    ["#no-such-heading", "README.md has no such heading"],
    ["CONTRIBUTING.md#no-such-heading", "CONTRIBUTING.md has no such heading"],
  ])("The check of links refuses a link from README.md to %s.", (target, fault) => {
    expect(linksIn(`See [it](${target}).`)).toEqual([target]);
    expect(faultOf("README.md", target)).toBe(`${target}: ${fault}`);
  });

  it.each(["terraform/", "README.md#the-jobs", "#the-jobs", "LICENSE"])(
    "The check of links accepts a link from README.md to %s.",
    (target) => {
      expect(linksIn(`[it]: ${target}`)).toEqual([target]);
      expect(faultOf("README.md", target)).toBeUndefined();
    },
  );
});
