import { PARAMETERS_FILE } from "./parameters-file.ts";

/** A folder with a rule. */
export interface RuleFolder {
  /** The name of the folder, which is the name of the rule. */
  name: string;
  /** Files by their paths within the folder, with `/` between parts. */
  files: ReadonlyMap<string, Uint8Array>;
}

/** What Lambda takes, unpacked. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_CODE_BYTES = 262_144_000;

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

const isCode = (path: string): boolean => !NO_CODE.some((pattern) => pattern.test(path));

/** The files that a rule's function needs: its code and the modules beside it, and none of tests, tools or state. */
export const codeOf = ({ files }: RuleFolder): Record<string, Uint8Array> =>
  Object.fromEntries([...files].filter(([path]) => isCode(path)));
