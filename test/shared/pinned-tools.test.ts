import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { zipSync } from "fflate";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createMask } from "../../shared/masked-text.ts";
import { type Build, pinnedTools, toolPath } from "../../shared/pinned-tools.ts";
import { createRunner } from "../../shared/run-program.ts";

const PROGRAM = Buffer.from("#!/bin/sh\necho pinned\n");
const folder = mkdtempSync(join(tmpdir(), "pinned-tools-"));
const archives: Record<string, Uint8Array> = {};
let requests: string[] = [];
let server = "";

const http = createServer(({ url = "" }, response) => {
  requests.push(url);
  const bytes = archives[url.slice(1).replace("cut-off-", "")];
  if (!bytes) response.writeHead(404).end();
  else if (url.includes("cut-off")) {
    response.writeHead(200, { "content-length": bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  } else response.end(bytes);
});
beforeAll(async () => {
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  server = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  writeFileSync(join(folder, "trivy"), PROGRAM);
  execFileSync("tar", ["-czf", "trivy.tar.gz", "trivy"], { cwd: folder });
  archives["trivy.tar.gz"] = readFileSync(join(folder, "trivy.tar.gz"));
  archives["checkov.zip"] = zipSync({ "dist/checkov": PROGRAM, "dist/README": PROGRAM });
  archives["tflint.zip"] = zipSync({ other: PROGRAM });
});
afterAll(() => {
  http.close();
  rmSync(folder, { recursive: true });
});

const sha256 = (bytes: Uint8Array | undefined) =>
  createHash("sha256")
    .update(bytes ?? "")
    .digest("hex");
const pin = (file: string, hash = sha256(archives[file])) => ({
  version: "1.2.3",
  amd64: { url: `${server}/${file}`, sha256: hash },
});
let build: Build;
let shown: string[];
beforeEach(() => {
  const own = mkdtempSync(join(folder, "build-"));
  mkdirSync(join(own, "image"));
  requests = [];
  shown = [];
  const { run } = createRunner({ PATH: process.env.PATH }, createMask(), (line) => shown.push(line));
  build = {
    tools: pinnedTools.parse({
      terraform: { version: "1.15.8" },
      trivy: pin("trivy.tar.gz"),
      checkov: pin("checkov.zip"),
      tflint: pin("tflint.zip"),
    }),
    path: `relative:${join(own, "image")}:`,
    cache: join(own, "cache"),
    folder: own,
    architecture: "x64",
    run,
    show: (line) => shown.push(line),
  };
});
const pinned = (name: "trivy" | "checkov", tool: object): Build => ({
  ...build,
  tools: pinnedTools.parse({ ...build.tools, [name]: tool }),
});

it.each(["trivy", "checkov"] as const)(
  "The pinned archive of %s is downloaded once, and the program in it runs.",
  async (name) => {
    const path = await toolPath(name, build);
    expect(execFileSync(path, { encoding: "utf8" })).toBe("pinned\n");
    await toolPath(name, build);
    expect(requests).toHaveLength(1);
    expect(shown).toContain(`${name} is the pinned one: 1.2.3`);
  },
);

it("A tool of the image is taken, and its version is said.", async () => {
  const file = join(build.folder, "image", "tflint");
  writeFileSync(file, "#!/bin/sh\nprintf 'Version: 9.9.9\\nmore\\n'\n");
  chmodSync(file, 0o755);
  expect([await toolPath("tflint", build), requests, shown]).toEqual([
    file,
    [],
    ["tflint is the image's: Version: 9.9.9"],
  ]);
});

it.each(["trivy", "checkov"] as const)("%s is not started to say its version, which its report has.", async (name) => {
  const file = join(build.folder, "image", name);
  writeFileSync(file, "#!/bin/sh\ntouch started\n", { mode: 0o755 });
  expect([await toolPath(name, build), shown]).toEqual([file, [`${name} is the image's: ${file}`]]);
  expect(existsSync(join(build.folder, "started"))).toBe(false);
});

it("A program in a folder of PATH that is not absolute is not taken: a repository may hold it.", async () => {
  const image = join(build.folder, "image");
  writeFileSync(join(image, "trivy"), "#!/bin/sh\n", { mode: 0o755 });
  const path = await toolPath("trivy", { ...build, path: relative(process.cwd(), image) });
  expect([path.includes("image"), requests.length]).toEqual([false, 1]);
});

it("A file of the image that is no program is not taken.", async () => {
  writeFileSync(join(build.folder, "image", "trivy"), "text", { mode: 0o644 });
  expect(await toolPath("trivy", build)).not.toContain("image");
});

it("An archive with another checksum is refused, and leaves nothing in the cache.", async () => {
  const tools = pinned("trivy", pin("trivy.tar.gz", "0".repeat(64)));
  await expect(toolPath("trivy", tools)).rejects.toThrow(
    `The archive of trivy has SHA-256 ${sha256(archives["trivy.tar.gz"])}, and tools.json pins ${"0".repeat(64)}: it is not installed.`,
  );
  expect([existsSync(build.cache), readdirSync(build.folder)]).toEqual([false, ["image"]]);
});

it("An archive that was changed in the cache is not used: it is downloaded again.", async () => {
  await toolPath("checkov", build);
  const [cached = ""] = readdirSync(build.cache);
  writeFileSync(join(build.cache, cached), zipSync({ "dist/checkov": Buffer.from("#!/bin/sh\necho evil\n") }));
  expect(execFileSync(await toolPath("checkov", build), { encoding: "utf8" })).toBe("pinned\n");
  expect([requests.length, sha256(readFileSync(join(build.cache, cached)))]).toEqual([
    2,
    sha256(archives["checkov.zip"]),
  ]);
});

it("A server that has no such file, and a download that is cut off, are errors that name tool and address.", async () => {
  const missing = pinned("trivy", pin("missing.tar.gz"));
  await expect(toolPath("trivy", missing)).rejects.toThrow(
    `trivy could not be downloaded: the server answered 404. ${server}/missing.tar.gz`,
  );
  const cutOff = pinned("trivy", pin("cut-off-trivy.tar.gz", sha256(archives["trivy.tar.gz"])));
  await expect(toolPath("trivy", cutOff)).rejects.toThrow(/^trivy could not be downloaded: .*cut-off-trivy\.tar\.gz$/);
  expect(existsSync(build.cache)).toBe(false);
});

it("A machine that nothing is pinned for is an error that says so.", async () => {
  const message = (name: string, architecture: string) =>
    `tools.json pins no ${name} for ${architecture}. Add it with its SHA-256, or put ${name} into the image of the build.`;
  await expect(toolPath("trivy", { ...build, architecture: "arm64" })).rejects.toThrow(message("trivy", "arm64"));
  await expect(toolPath("trivy", { ...build, architecture: "riscv64" })).rejects.toThrow(message("trivy", "riscv64"));
  expect(requests).toEqual([]);
});

it("An archive without the program is an error.", async () => {
  await expect(toolPath("tflint", build)).rejects.toThrow(
    "The archive of tflint does not hold one program of this name.",
  );
});

it.each([
  ["http://example.com/trivy.tar.gz", "must begin with https://"],
  ["http://127.0.0.1.example.com/trivy.tar.gz", "must begin with https://"],
  ["https://example.com/trivy.deb", "must end in .zip or .tar.gz"],
])("The address %s cannot be pinned.", (url, message) => {
  expect(() => pinned("trivy", { version: "1.2.3", amd64: { url, sha256: "0".repeat(64) } })).toThrow(message);
});

it("stages/tools.json pins each tool by version, address and checksum; only checkov for arm64 is missing.", () => {
  const tools = pinnedTools.parse(JSON.parse(readFileSync("stages/tools.json", "utf8")));
  const missing = Object.entries(tools).flatMap(([name, { version, ...archives }]) =>
    (["amd64", "arm64"] as const)
      .filter((architecture) => {
        const url = archives[architecture]?.url;
        if (url) expect([url, url.includes(version), url.startsWith("https://")]).toEqual([url, true, true]);
        return !url;
      })
      .map((architecture) => `${name} ${architecture}`),
  );
  expect(missing).toEqual(["checkov arm64"]);
});
