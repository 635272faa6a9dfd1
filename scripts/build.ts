import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { analyzeMetafile } from "esbuild";
import { zip } from "../shared/zip.ts";
import { bundle } from "./bundle.ts";

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

const names = readdirSync(join(root, "functions")).filter((name) =>
  existsSync(join(root, "functions", name, "index.ts")),
);
const built = await Promise.all(
  names.map(async (name) => ({ name, ...(await bundle(root, join("functions", name, "index.ts"))) })),
);
if (options.analyze) for (const { metafile } of built) console.log(await analyzeMetafile(metafile));

const tooLarge = built.filter(({ code }) => code.length > MOST_BYTES);
for (const { name, code } of tooLarge)
  console.error(
    `functions/${name}: the bundle has ${code.length} bytes, more than ${MOST_BYTES}. See its parts: npm run build -- --analyze`,
  );
if (tooLarge.length > 0) process.exit(1);

for (const { name, code, sourceMap } of built) {
  const zipped = zip({ "index.mjs": code, "index.mjs.map": sourceMap });
  await write(join(dist, name), "index.mjs", code);
  await write(join(dist, name), "index.mjs.map", sourceMap);
  await write(dist, `${name}.zip`, zipped);
  if (!options.quiet) console.log(`dist/${name}.zip  ${kilobytes(zipped)}, code ${kilobytes(code)}`);
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
