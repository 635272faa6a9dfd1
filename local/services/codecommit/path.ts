import { AwsError } from "../../gateway/aws-error.ts";

/** CodeCommit's names of git's file modes. */
export const FILE_MODES: Readonly<Record<string, string>> = {
  "100644": "NORMAL",
  "100755": "EXECUTABLE",
  "120000": "SYMLINK",
};

/**
 * A path without a slash at its beginning and end.
 *
 * @throws AwsError for a path that CodeCommit refuses: https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html
 */
export function plainPath(path: string): string {
  const plain = path.replace(/^\//, "").replace(/\/$/, "");
  const parts = plain === "" ? [] : plain.split("/");
  if (plain.length > 4_096 || parts.length > 20 || parts.some((part) => /^(|\.{1,2}|\.git)$/.test(part)))
    throw new AwsError("InvalidPathException", `${path} is not a valid path`);
  return plain;
}

/** https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html */
export const MAX_FILE_BYTES = 6 * 1_024 * 1_024;
