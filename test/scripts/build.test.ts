import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, expect, it } from "vitest";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "palisade-build-"));
  folders.push(folder);
  return folder;
};

const build = (folder: string, timeZone: string, ...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
    execFile(
      process.execPath,
      ["scripts/build.ts", ...args],
      { cwd: folder, env: { ...process.env, TZ: timeZone } },
      (error, stdout, stderr) => {
        done({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
      },
    );
  });

const hashOf = (folder: string): string =>
  ["dist/sni-collector.zip", "dist/stages.zip"]
    .reduce((hash, zip) => hash.update(readFileSync(join(folder, zip))), createHash("sha256"))
    .digest("hex");

/** What no build needs, and what would take a while to copy: development tools, types and texts. */
const HEAVY =
  /^node_modules\/(@?node|@?typescript|@biomejs|@?rolldown|lightningcss.*|@?vitest|vite|sinon|classic-level|@types|fast-check)$|\/dist-types$|\.(d\.[cm]?ts|md)$/;

it("The build writes zips with the same bytes in two time zones and two folders.", async () => {
  const folder = temporaryFolder();
  for (const part of ["functions", "stages", "shared", "scripts", "package.json", "node_modules"])
    cpSync(part, join(folder, part), { recursive: true, filter: (path) => !HEAVY.test(path) });
  const hashes = [hashOf(".")];
  for (const timeZone of ["Pacific/Kiritimati", "America/Los_Angeles"]) {
    const { code, stdout } = await build(folder, timeZone);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^dist\/sni-collector\.zip {2}\d+ KB, code \d+ KB$/m);
    hashes.push(hashOf(folder));
  }
  expect(new Set(hashes).size).toBe(1);
});

it("The build writes a source map that names files that exist, relative to the bundle.", () => {
  const { sources }: { sources: string[] } = JSON.parse(readFileSync("dist/sni-collector/index.mjs.map", "utf8"));
  const ours = sources
    .map((source) => join("dist/sni-collector", source))
    .filter((file) => !file.includes("node_modules"));
  expect(ours).toContain("functions/sni-collector/handler.ts");
  expect(ours.filter((file) => !existsSync(file))).toEqual([]);
});

it("The build writes a zip of a function with the module and its source map, and no path of the machine.", () => {
  const files = unzipSync(readFileSync("dist/sni-collector.zip"));
  expect(Object.keys(files)).toEqual(["index.mjs", "index.mjs.map"]);
  const text = Object.values(files)
    .map((bytes) => Buffer.from(bytes).toString())
    .join("");
  expect(text).not.toContain(process.cwd());
  expect(text).toContain("//# sourceMappingURL=index.mjs.map");
});

it("The zip of the stages holds each program with its source map, and the pinned tools.", () => {
  const files = unzipSync(readFileSync("dist/stages.zip"));
  const stages = globSync("stages/*/index.ts").map((file) => basename(dirname(file)));
  expect(stages).toEqual(expect.arrayContaining(["apply", "comply", "lint", "plan", "self-check"]));
  expect(Object.keys(files)).toEqual(
    [
      ...stages.flatMap((stage) => [`${stage}/index.mjs`, `${stage}/index.mjs.map`]),
      "comply/requirements.txt",
      "tools.json",
    ].sort(),
  );
  for (const stage of stages) {
    const { sources }: { sources: string[] } = JSON.parse(
      Buffer.from(files[`${stage}/index.mjs.map`] ?? []).toString(),
    );
    expect(sources.map((source) => join("dist/stages", stage, source))).toContain(`stages/${stage}/index.ts`);
  }
});

it("The build fails for a bundle above 450 KB, and names the function and the size.", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "functions/too-large"), { recursive: true });
  writeFileSync(
    join(folder, "functions/too-large/index.ts"),
    `export const handler = () => ${JSON.stringify("x".repeat(450_000))};`,
  );
  const { code, stderr } = await build(".", "UTC", "--root", folder);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^functions\/too-large: the bundle has 450\d\d\d bytes, more than 450000\./);
});
