import { randomUUID } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { analyzeMetafile } from "esbuild";
import { zip } from "../shared/zip.ts";
import { bundle, distFolderOf, IN_CODEBUILD } from "./bundle.ts";

/** A larger bundle makes cold starts slow. `npm run build -- --analyze` lists its parts. */
const MOST_BYTES = 450_000;

const { values: options } = parseArgs({
  options: {
    root: { type: "string", default: join(import.meta.dirname, "..") },
    analyze: { type: "boolean", default: false },
    quiet: { type: "boolean", default: false },
  },
});
const root = resolve(options.root);
const dist = join(root, "dist");

const entryPoints = (folder: string) => globSync(`${folder}/*/index.ts`, { cwd: root }).sort();
const [functions, stages] = await Promise.all([
  Promise.all(entryPoints("functions").map((file) => built(file))),
  Promise.all(entryPoints("stages").map((file) => built(file, IN_CODEBUILD, []))),
]);
if (options.analyze) for (const { metafile } of [...functions, ...stages]) console.log(await analyzeMetafile(metafile));

const tooLarge = functions.filter(({ code }) => code.length > MOST_BYTES);
for (const { source, code } of tooLarge)
  console.error(
    `${source}: the bundle has ${code.length} bytes, more than ${MOST_BYTES}. See its parts: npm run build -- --analyze`,
  );
if (tooLarge.length > 0) process.exit(1);

for (const { name, code, files } of functions) {
  await writeAll(join(dist, name), files);
  await writeZip(`${name}.zip`, files, `, code ${kilobytes(code)}`);
}
if (stages.length > 0) {
  for (const { name, files } of stages) await writeAll(join(dist, name), files);
  const programs = stages.flatMap(({ name, files }) =>
    Object.entries(files).map(([file, bytes]) => [relative("stages", join(name, file)), bytes]),
  );
  const pinned = ["tools.json", "comply/requirements.txt"].filter((file) => existsSync(join(root, "stages", file)));
  await writeZip("stages.zip", {
    ...Object.fromEntries(programs),
    ...Object.fromEntries(
      await Promise.all(pinned.map(async (file) => [file, await readFile(join(root, "stages", file))] as const)),
    ),
  });
}

async function built(entryPoint: string, alias?: Record<string, string>, external?: string[]) {
  const { code, sourceMap, metafile } = await bundle(root, entryPoint, alias, external);
  return {
    name: distFolderOf(entryPoint),
    source: dirname(entryPoint),
    code,
    metafile,
    files: { "index.mjs": code, "index.mjs.map": sourceMap },
  };
}

async function writeZip(name: string, files: Readonly<Record<string, Uint8Array>>, note = ""): Promise<void> {
  const zipped = zip(files);
  await write(dist, name, zipped);
  if (!options.quiet) console.log(`dist/${name}  ${kilobytes(zipped)}${note}`);
}

async function writeAll(folder: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) await write(folder, name, bytes);
}

/** Writes a file and then moves it into place, since other builds and replays may run at the same time. */
async function write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true });
  const unfinished = join(folder, `.${name}.${randomUUID()}`);
  await writeFile(unfinished, bytes);
  await rename(unfinished, join(folder, name));
}

function kilobytes(bytes: Uint8Array): string {
  return `${Math.round(bytes.length / 1_000)} KB`;
}
