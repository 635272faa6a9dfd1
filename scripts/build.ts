import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { analyzeMetafile } from "esbuild";
import { zipSync } from "fflate";
import { bundle } from "./bundle.ts";

/** A larger bundle makes cold starts slow. `npm run build -- --analyze` shows what it is made of. */
const MOST_BYTES = 450_000;

// A zip keeps local time: a date in local parts makes the same bytes in every time zone.
const MODIFIED = new Date(1980, 0, 1);

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
const sizes = await Promise.all(
  names.map(async (name) => {
    const { code, sourceMap, metafile } = await bundle(root, join("functions", name, "index.ts"));
    if (options.analyze) console.log(await analyzeMetafile(metafile));

    const zip = zipSync({ "index.mjs": code, "index.mjs.map": sourceMap }, { level: 9, mtime: MODIFIED });
    await Promise.all([
      write(join(dist, name), "index.mjs", code),
      write(join(dist, name), "index.mjs.map", sourceMap),
      write(dist, `${name}.zip`, zip),
    ]);
    if (!options.quiet) console.log(`dist/${name}.zip  ${kilobytes(zip)}, code ${kilobytes(code)}`);
    return { name, bytes: code.length };
  }),
);

const tooLarge = sizes.filter(({ bytes }) => bytes > MOST_BYTES);
for (const { name, bytes } of tooLarge)
  console.error(
    `functions/${name}: the bundle has ${bytes} bytes, more than ${MOST_BYTES}. See what it is made of: npm run build -- --analyze`,
  );
process.exitCode = tooLarge.length > 0 ? 1 : 0;

/** Puts a file into place whole: other builds and replays may run at the same time. */
async function write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true });
  const unfinished = join(folder, `.${name}.${randomUUID()}`);
  await writeFile(unfinished, bytes);
  await rename(unfinished, join(folder, name));
}

function kilobytes(bytes: Uint8Array): string {
  return `${Math.round(bytes.length / 1_000)} KB`;
}
