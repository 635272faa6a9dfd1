import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import * as z from "zod";

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

/** JavaScript that reads a value, packed: brotli makes the same bytes on every machine. */
const unpacking = (value: unknown): string =>
  `JSON.parse(brotliDecompressSync(Buffer.from("${brotliCompressSync(JSON.stringify(value)).toString("base64")}", "base64")).toString())`;

const UNPACKER = 'import { brotliDecompressSync } from "node:zlib";';

/**
 * Modules that are text or numbers: the Public Suffix List of tldts (125 KB, which unpack within 2 ms), style and script of a page,
 * and the partitions of AWS.
 */
const packedData: Plugin = {
  name: "packed-data",
  setup: ({ onLoad }) => {
    onLoad(
      {
        filter:
          /(tldts[\\/]dist[\\/]es6[\\/]src[\\/]data[\\/]trie\.js|[\\/]page-(style|script)\.ts|aws[\\/]partitions\.js)$/,
      },
      async ({ path }) => {
        const exported: Record<string, unknown> = await import(pathToFileURL(path).href);
        const plain = Object.entries(exported).map(([name, value]) => [
          name,
          value instanceof Uint8Array || value instanceof Uint16Array ? [...value] : value,
        ]);
        const names = Object.keys(exported).join(", ");
        return { contents: `${UNPACKER}\nexport const { ${names} } = ${unpacking(Object.fromEntries(plain))};` };
      },
    );
  },
};

const endpointRules = z.object({
  bdd: z.object({ nodes: z.instanceof(Int32Array), root: z.number(), conditions: z.unknown(), results: z.unknown() }),
});

/** The rules by which the clients of S3 and DynamoDB find an endpoint are a large table. */
const packedEndpoints: Plugin = {
  name: "packed-endpoints",
  setup: ({ onLoad }) => {
    onLoad({ filter: /client-(s3|dynamodb)[\\/]dist-es[\\/]endpoint[\\/]bdd\.js$/ }, async ({ path }) => {
      const { bdd } = endpointRules.parse(await import(pathToFileURL(path).href));
      return {
        contents: [
          UNPACKER,
          'import { BinaryDecisionDiagram } from "@smithy/core/endpoints";',
          `const { nodes, root, conditions, results } = ${unpacking({ ...bdd, nodes: [...bdd.nodes] })};`,
          "export const bdd = BinaryDecisionDiagram.from(new Int32Array(nodes), root, conditions, results);",
        ].join("\n"),
      };
    });
  },
};

/**
 * What no function runs: hashes in JavaScript, since Node has its own; retries of the mode `adaptive`; the cache of DynamoDB's
 * endpoint discovery, which no client turns on.
 */
const neverRun: Plugin = {
  name: "never-run",
  setup: ({ onLoad }) => {
    const stubs: readonly (readonly [RegExp, name: string])[] = [
      [/[\\/]checksum[\\/]sha256[\\/]Sha256Js\.js$/, "Sha256Js"],
      [/[\\/]sha[\\/]sha1[\\/]Sha1Js\.js$/, "Sha1Js"],
      [/[\\/]checksum[\\/]md5[\\/]Md5Js\.js$/, "Md5Js"],
      [/[\\/]util-retry[\\/]DefaultRateLimiter\.js$/, "DefaultRateLimiter"],
      [/endpoint-cache[\\/]dist-es[\\/]EndpointCache\.js$/, "EndpointCache"],
    ];
    // Signs for several regions at once, as no call here asks for.
    onLoad({ filter: /[\\/]SignatureV4MultiRegion\.js$/ }, () => ({
      contents: [
        'import { SignatureV4SignWithCredentials } from "./SignatureV4SignWithCredentials";',
        "export class SignatureV4MultiRegion extends SignatureV4SignWithCredentials {",
        '  static sigv4aDependency() { return "none"; }',
        "}",
      ].join("\n"),
    }));
    for (const [filter, name] of stubs) onLoad({ filter }, () => ({ contents: `export class ${name} {}` }));
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
    plugins: [leanSchemas, leanPackages, noJsonSchemas, packedData, packedEndpoints, neverRun],
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
