import { PARAMETERS_FILE } from "./parameters-file.ts";
import { type Problem, problemOf, problemsIn } from "./problem.ts";

/** A folder with a rule. */
export interface RuleFolder {
  /** The name of the folder, which is the name of the rule. */
  name: string;
  /** Files by their paths within the folder, with `/` between parts. */
  files: ReadonlyMap<string, Uint8Array>;
  /** Problems that kept files from being read. */
  problems: readonly Problem[];
}

/** Lambda takes no more, unpacked. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_CODE_BYTES = 262_144_000;

/** No rule has so many; somebody left a whole environment in its folder. */
const MOST_FILES = 5_000;

/** Whether a rule can have so many files and bytes. Beyond these limits nobody reads on. */
export const isWithinLimits = (files: number, bytes: number): boolean => files <= MOST_FILES && bytes <= MAX_CODE_BYTES;

/** The problems of a folder with too many needed files, or too many bytes in them. */
export const excessOf = (files: number, bytes: number): Problem[] =>
  problemsIn("", [
    [files > MOST_FILES, "", `holds more than ${MOST_FILES} files: take out what the rule does not need.`],
    [
      bytes > MAX_CODE_BYTES,
      "",
      `holds too much code; Lambda takes ${MAX_CODE_BYTES} bytes. Take out what the rule does not need.`,
    ],
  ]);

/** The problem of a needed path that is a link, or anything else that is no file. */
export const noPlainFile = (path: string): Problem =>
  problemOf(
    path,
    "",
    "is no plain file. A link could bring in files that do not belong to the rule: put the file itself there.",
  );

/** Paths that are no code of the rule. The patterns match whole paths, in any case. */
const NO_CODE = [
  /(^|\/)(tests?|__pycache__|\.[^/]+|node_modules\/\.bin)\//i,
  /(^|\/)\.[^/]*$/,
  /(^|\/)(test_[^/]*|[^/]*_test)\.py$/i,
  /\.(py[co]|zip|tf|tfvars|tfstate|guard)$/i,
  /\.(tfvars|tf)\.json$/i,
  /\.tfstate(\.\d+)?\.backup$/i,
  /^parameters\.json$/,
];

/** Whether a file of a rule's folder has to be read: its code, and what describes the rule. */
export const isNeeded = (path: string): boolean =>
  isCode(path) || path === PARAMETERS_FILE || (/^[^/]*\.guard$/.test(path) && !path.startsWith("."));

/** Whether anything in a folder within a rule's folder has to be read. */
export const isNeededFolder = (path: string): boolean => isNeeded(`${path}/x`);

const isCode = (path: string): boolean => !NO_CODE.some((pattern) => pattern.test(path));

/** The files that a rule's function needs: its code and the modules beside it, and none of tests, tools or state. */
export const codeOf = ({ files }: RuleFolder): Record<string, Uint8Array> =>
  Object.fromEntries([...files].filter(([path]) => isCode(path)));
