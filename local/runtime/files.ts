import {
  copyFileSync,
  globSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { zip } from "../../shared/zip.ts";

/** The files below a folder that patterns such as `reports/*.xml` or `cache/**` name. Paths start at the folder. */
export const filesOf = (folder: string, patterns: readonly string[]): string[] =>
  patterns.flatMap((pattern) =>
    globSync(pattern, { cwd: folder }).filter((path) => !lstatSync(join(folder, path)).isDirectory()),
  );

/** Puts files of a folder into a zip. */
export const zipOf = (folder: string, files: readonly string[]): Uint8Array =>
  zip(Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file))])));

/** Unpacks a zip into a folder. */
export function unzipInto(folder: string, archive: Uint8Array): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, bytes] of Object.entries(unzipSync(archive)).filter(([name]) => !name.endsWith("/"))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

/** Puts a folder, if it is there, into another one, which keeps what it has. Files are linked, since a provider has 700 MB. */
export function linkTree(from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const source = join(entry.parentPath, entry.name);
    const target = join(to, source.slice(from.length));
    if (entry.isDirectory()) mkdirSync(target, { recursive: true });
    else {
      mkdirSync(dirname(target), { recursive: true });
      unlessThere(() => {
        if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
        else link(source, target);
      });
    }
  }
}

function link(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch (error) {
    // Another file system.
    if (codeOf(error) !== "EXDEV") throw error;
    copyFileSync(source, target);
  }
}

function unlessThere(make: () => void): void {
  try {
    make();
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);
