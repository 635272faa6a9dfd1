import { PARAMETERS_FILE } from "./parameters-file.ts";
import { type Problem, reporter } from "./problem.ts";

/** A folder with a rule. */
export interface RuleFolder {
  /** The name of the folder, which is the name of the rule. */
  name: string;
  /** Files by their paths within the folder, with `/` between parts. */
  files: ReadonlyMap<string, Uint8Array>;
  /** What kept files from being read. */
  problems: readonly Problem[];
}

/** What Lambda takes, unpacked. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_CODE_BYTES = 262_144_000;

/** No rule has so many; somebody left a whole environment in its folder. */
export const MOST_FILES = 5_000;

/** What is said of a link, or of anything else that is no file. */
export const NO_FILE =
  "is no plain file: a link would take in what does not belong to the rule. Put the file itself there.";

/** Says what is too much about the files of a folder; whoever reads them does not go on beyond the limits. */
export function limitFolder(files: number, bytes: number, problems: Problem[]): void {
  const { error } = reporter(problems, "");
  if (files > MOST_FILES) error([], `holds more than ${MOST_FILES} files: take out what the rule does not need.`);
  if (bytes > MAX_CODE_BYTES)
    error([], `holds too much code; Lambda takes ${MAX_CODE_BYTES} bytes. Take out what the rule does not need.`);
}

/** What is no code of the rule. A pattern is held against a whole path, in any case. */
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

/** Whether a path could lead out of the folder where a zip is unpacked, or deceive who reads its list. */
export const isMisleading = (path: string): boolean =>
  /^\/|\\|^[A-Za-z]:|[\p{C}\p{Zl}\p{Zp}]/u.test(path) || path.split("/").includes("..");

/** The files that a rule's function needs: its code and the modules beside it, and none of tests, tools or state. */
export const codeOf = ({ files }: RuleFolder): Record<string, Uint8Array> =>
  Object.fromEntries([...files].filter(([path]) => isCode(path)));
