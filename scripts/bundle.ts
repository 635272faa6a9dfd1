import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";

/** One program as Lambda loads it, or as Node runs it in a build. */
export interface Bundle {
  code: Uint8Array;
  /** Node reads it with `--enable-source-maps`. */
  sourceMap: Uint8Array;
  metafile: Metafile;
}

const CREDENTIALS = "@aws-sdk/credential-provider-node";
const IN_LAMBDA: Record<string, string> = { [CREDENTIALS]: join(import.meta.dirname, "lambda-credentials.ts") };
export const IN_CODEBUILD: Record<string, string> = {
  [CREDENTIALS]: join(import.meta.dirname, "build-credentials.ts"),
};

/** No call of a function has an event stream, and the SDK imports the module for nothing else. The client of S3 needs it. */
const NOT_IN_LAMBDA = ["@smithy/core/event-streams"];

/** The errors that our code, or Powertools, knows by their class; all others it knows by name. */
const KNOWN_BY_CLASS = ["ConditionalCheckFailedException", "TransactionCanceledException"];

/**
 * The SDK describes every operation of a service, and esbuild needs help to leave out the unused ones:
 * - A computed key might have an effect, even if it is a constant: the plugin writes the constant in its place.
 * - A call registers each error class, and a call might have an effect. Without the class, the SDK throws the general
 *   exception of the service, with the same name and message.
 */
const leanSchemas: Plugin = {
  name: "lean-schemas",
  setup: ({ onLoad }) => {
    onLoad({ filter: /client-[a-z0-9]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const constants = new Map(
        [...text.matchAll(/^const (\w+) = (".*");$/gm)].map(([, name, value]) => [name, value]),
      );
      const plain = text.replace(/\[(\w+)\]:/g, (key, name) => (constants.has(name) ? `${constants.get(name)}:` : key));
      return {
        contents: plain.replace(/^n0_registry\.registerError\(.*, (\w+)\);$/gm, (line, error) =>
          KNOWN_BY_CLASS.includes(error) ? line : "",
        ),
      };
    });
  },
};

/** A client asks its package.json for the version alone. */
const leanPackages: Plugin = {
  name: "lean-packages",
  setup: ({ onLoad }) => {
    onLoad({ filter: /client-[a-z0-9]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version }: { version?: unknown } = JSON.parse(await readFile(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

/** Each schema of zod can become a JSON schema. No function asks for one, so what makes it does nothing. */
const noJsonSchemas: Plugin = {
  name: "no-json-schemas",
  setup: ({ onLoad }) => {
    onLoad({ filter: /zod[\\/]v4[\\/]core[\\/](to-json-schema|json-schema-processors)\.js$/ }, async ({ path }) => {
      const exported = (await readFile(path, "utf8")).matchAll(/^export (?:const|function) (\w+)/gm);
      return { contents: Array.from(exported, ([, name]) => `export const ${name} = () => undefined;`).join("\n") };
    });
  },
};

/**
 * The Public Suffix List of tldts is 125 KB of numbers and text. Packed it is 50 KB, which unpack within 2 ms. Brotli
 * makes the same bytes on every machine.
 */
const packedSuffixes: Plugin = {
  name: "packed-suffixes",
  setup: ({ onLoad }) => {
    onLoad({ filter: /tldts[\\/]dist[\\/]es6[\\/]src[\\/]data[\\/]trie\.js$/ }, async ({ path }) => {
      const exported: Record<string, unknown> = await import(pathToFileURL(path).href);
      const plain = Object.entries(exported).map(([name, value]) => [
        name,
        value instanceof Uint8Array || value instanceof Uint16Array ? [...value] : value,
      ]);
      const packed = brotliCompressSync(JSON.stringify(Object.fromEntries(plain))).toString("base64");
      return {
        contents: [
          'import { brotliDecompressSync } from "node:zlib";',
          `export const { ${Object.keys(exported).join(", ")} } =`,
          `  JSON.parse(brotliDecompressSync(Buffer.from("${packed}", "base64")).toString());`,
        ].join("\n"),
      };
    });
  },
};

/** The folder in `dist` of an entry point: `sni-collector` for a function, `stages/plan` for a stage. */
export function distFolderOf(entryPoint: string): string {
  const folder = dirname(entryPoint);
  return folder.startsWith("stages") ? folder : basename(folder);
}

/**
 * Bundles one entry point and all its dependencies, among them the SDK, into one ECMAScript module.
 *
 * @param entryPoint relative to `root`
 * @param root absolute; the output holds no path of the machine
 * @param alias packages to replace; by default those that Lambda never uses
 * @param external modules to leave out; by default those that functions never use
 */
export async function bundle(
  root: string,
  entryPoint: string,
  alias = IN_LAMBDA,
  external = NOT_IN_LAMBDA,
): Promise<Bundle> {
  const options = {
    absWorkingDir: root,
    entryPoints: [entryPoint],
    // As deep as the build puts it, since the source map names files from there.
    outfile: join(root, "dist", distFolderOf(entryPoint), "index.mjs"),
    write: false,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node22",
    format: "esm",
    // esbuild can leave out parts of ECMAScript builds. By default it prefers the CommonJS ones.
    mainFields: ["module", "main"],
    alias,
    external,
    // The Terraform files that rule-exporter writes.
    loader: { ".tf": "text" },
    plugins: [leanSchemas, leanPackages, noJsonSchemas, packedSuffixes],
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  } satisfies BuildOptions;
  const { outputFiles, metafile } = await build(options);
  const output = (ending: string): Uint8Array =>
    outputFiles.find(({ path }) => path.endsWith(ending))?.contents ?? new Uint8Array();
  return { code: output(".mjs"), sourceMap: output(".map"), metafile };
}
