import { createHash } from "node:crypto";
import { access, chmod, constants, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, delimiter, join } from "node:path";
import { unzipSync } from "fflate";
import * as z from "zod";
import { plainText } from "./plain-text.ts";
import type { Run } from "./run-program.ts";
import type { Stage } from "./stage.ts";

/** How long the download of an archive may take. The largest has 100 MB. */
const DOWNLOAD_TIMEOUT_MS = 300_000;

const archive = z.strictObject({
  url: z
    .url()
    .refine(
      (url) => /^(https:|http:\/\/(127\.0\.0\.1|\[::1\]|localhost)[:/])/.test(url),
      "must begin with https://, or be on this machine",
    )
    .refine((url) => /\.(zip|tar\.gz)$/.test(url), "must end in .zip or .tar.gz"),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in small letters"),
});
const tool = z.strictObject({
  version: z.string().regex(/^\d+\.\d+\.\d+$/, "must be a version such as 1.15.8"),
  amd64: archive.optional(),
  arm64: archive.optional(),
});

const TOOLS = ["terraform", "trivy", "checkov", "tflint"] as const;
export type ToolName = (typeof TOOLS)[number];

/** `stages/tools.json`: the one place where the tools of the builds are pinned. */
export const pinnedTools = z.strictObject(Object.fromEntries(TOOLS.map((name) => [name, tool])));
type PinnedTools = z.output<typeof pinnedTools>;

/** What a build has that needs a tool. */
export interface Build {
  tools: PinnedTools;
  /** `PATH` of the build. */
  path: string;
  /** A folder that outlives the build. Nothing in it is trusted. */
  cache: string;
  /** A folder of this build alone, for what is unpacked. */
  folder: string;
  /** As `process.arch` has it. */
  architecture: string;
  run: Run;
  /** Takes a line for people. */
  show: (line: string) => void;
}

/**
 * The path of a tool: the image's, if it is on `PATH`, or else the pinned one, which is downloaded if the cache lacks it.
 * The archive's SHA-256 is checked on each use.
 *
 * @throws Error where the machine has no pinned archive, the download fails, or the archive is another one
 */
export async function toolPath(name: ToolName, build: Build): Promise<string> {
  const { tools, path, cache, folder, architecture, run, show } = build;
  const found = await onPath(name, path);
  if (found !== undefined) {
    const { output } = await run(found, ["--version"], {
      folder,
      hidden: true,
      environment: { CHECKPOINT_DISABLE: "1" },
    });
    show(`${name} is the image's: ${plainText(output.split("\n")[0] ?? "", 100)}`);
    return found;
  }
  const { version, ...archives } = tools[name] ?? { version: "" };
  const pinned = { x64: archives.amd64, arm64: archives.arm64 }[architecture];
  if (!pinned)
    throw new Error(
      `tools.json pins no ${name} for ${architecture}. Add it with its SHA-256, or put ${name} into the image of the build.`,
    );
  const bytes = await archiveOf(name, pinned, cache);
  const installed = join(folder, `${name}-${version}`);
  await mkdir(installed, { recursive: true });
  const program = join(installed, name);
  if (pinned.url.endsWith(".zip")) await writeFile(program, onlyEntry(name, bytes));
  else {
    // What was checked is what is unpacked: the copy is the build's own.
    const copy = join(installed, "archive.tar.gz");
    await writeFile(copy, bytes);
    await run("tar", ["--extract", "--gzip", "--file", copy, "--directory", installed, name], { folder, hidden: true });
    await rm(copy);
  }
  await chmod(program, 0o755);
  show(`${name} is the pinned one: ${version}`);
  return program;
}

/** The path of a program on `PATH`; undefined where it is not. */
export async function onPath(name: string, path: string): Promise<string | undefined> {
  // An empty entry would mean the working folder, which may hold what a team wrote.
  for (const folder of path.split(delimiter).filter((entry) => entry.startsWith("/"))) {
    const file = join(folder, name);
    const isProgram = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isProgram) return file;
  }
  return undefined;
}

/** The bytes of a pinned archive. One in the cache that is another is downloaded again. */
async function archiveOf(name: string, { url, sha256 }: z.output<typeof archive>, cache: string): Promise<Uint8Array> {
  const file = join(cache, `${name}-${sha256}`);
  const cached = await readFile(file).catch(() => undefined);
  if (cached && sha256Of(cached) === sha256) return cached;

  const bytes = await download(name, url);
  const actual = sha256Of(bytes);
  if (actual !== sha256)
    throw new Error(
      `The archive of ${name} has SHA-256 ${actual}, and tools.json pins ${sha256}: it is not installed. ${url}`,
    );
  await mkdir(cache, { recursive: true });
  await writeFile(`${file}.part`, bytes);
  await rename(`${file}.part`, file);
  return bytes;
}

async function download(name: string, url: string): Promise<Uint8Array> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
    throw new Error(
      `${name} could not be downloaded: ${error instanceof Error ? error.message : String(error)}${cause}. ${url}`,
    );
  }
}

const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The program in a zip, wherever in it. */
function onlyEntry(name: string, bytes: Uint8Array): Uint8Array {
  const entries = unzipSync(bytes, { filter: (entry) => basename(entry.name) === name });
  const [program, ...more] = Object.values(entries);
  if (!program || more.length > 0) throw new Error(`The archive of ${name} does not hold one program of this name.`);
  return program;
}

/** What the build of a stage has: `tools.json` lies beside the stage programs, archives lie in the cache of CodeBuild. */
export async function buildOf({
  folder,
  environment,
  run,
  show,
}: Pick<Stage, "folder" | "environment" | "run" | "show">): Promise<Build> {
  const unpacked = join(folder, "tools");
  await mkdir(unpacked, { recursive: true });
  return {
    tools: pinnedTools.parse(JSON.parse(await readFile(join(folder, "tools.json"), "utf8"))),
    path: environment.PATH ?? "",
    cache: join(folder, "cache", "tools"),
    folder: unpacked,
    architecture: process.arch,
    run,
    show,
  };
}
