import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { commandLine } from "./email-text.ts";
import { Refusal } from "./refusal.ts";
import type { ReleaseConfiguration } from "./release-configuration.ts";
import type { Run } from "./run-program.ts";

/** A clone of the repository with the tagged commit in its folder. */
export interface Checkout {
  folder: string;
  /** Whether the history of `descendant` has this commit; false for a commit that the clone does not know. */
  isAncestor: (ancestor: string, descendant: string) => Promise<boolean>;
}

/** git must neither ask at a terminal nor run what a repository or a template brings. */
const GIT = ["-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never", "-c", "advice.detachedHead=false"];
const ENVIRONMENT = { GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" };

/**
 * Clones the release branch and the tag, and checks out the commit. Credentials come from the helper that CodeBuild configures.
 *
 * @param folder where it clones to; it must not exist
 * @param tag without `refs/tags/`
 * @throws Refusal where the commit is no ancestor of the branch, or the tag does not point to it
 */
export async function checkOut(
  { run, tag, commitId, folder }: { run: Run; tag: string; commitId: string; folder: string },
  { url, branch }: Pick<ReleaseConfiguration["repository"], "url" | "branch">,
): Promise<Checkout> {
  await mkdir(folder);
  const git = (args: readonly string[], expected: readonly number[] = [0]) =>
    run("git", [...GIT, ...args], { folder, environment: ENVIRONMENT, expected, hidden: true });
  const release = `refs/remotes/origin/${branch}`;
  await git(["init", "--quiet", "--template="]);

  const fetched = await git(
    ["fetch", "--quiet", "--no-tags", url, `+refs/heads/${branch}:${release}`, `+refs/tags/${tag}:refs/tags/${tag}`],
    [0, 1, 128],
  );
  if (fetched.code !== 0) {
    const { output } = await git(["ls-remote", url, `refs/tags/${tag}`]);
    if (!output.includes(`\trefs/tags/${tag}`)) throw new Refusal(`The tag ${tag} is gone.`, ...pushAgain(tag));
    throw new Error(`The repository could not be read: ${fetched.complaint}`);
  }
  const { output: tagged, code } = await git(
    ["rev-parse", "--verify", "--quiet", `refs/tags/${tag}^{commit}`],
    [0, 1, 128],
  );
  if (code !== 0 || tagged.trim() !== commitId)
    throw new Refusal(
      code === 0
        ? `The tag ${tag} was moved: it points to commit ${tagged.trim()}, and the release is of commit ${commitId}.`
        : `The tag ${tag} does not point to a commit.`,
      ...pushAgain(tag),
    );

  const isAncestor = async (ancestor: string, descendant: string): Promise<boolean> =>
    // 128: the clone does not know the commit.
    (await git(["merge-base", "--is-ancestor", ancestor, descendant], [0, 1, 128])).code === 0;
  if (!(await isAncestor(commitId, release)))
    throw new Refusal(
      `Commit ${commitId} is not on the branch ${branch}.`,
      `Merge it into ${branch}, and push a new tag.`,
    );
  await git(["checkout", "--quiet", "--detach", commitId]);
  return { folder, isAncestor };
}

const pushAgain = (tag: string) => [
  "Tags of releases do not change. Push a new tag with another version, such as:",
  commandLine(`git tag ${tag}.1 && git push origin ${tag}.1`),
];

/**
 * The folder of a root in a checkout, by the kind of the scope.
 *
 * @throws Refusal where the commit has no such folder
 */
export async function rootFolder(checkout: string, scopeKind: "regional" | "global"): Promise<string> {
  const folder = join(checkout, scopeKind);
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return folder;
  throw new Refusal(
    `The tagged commit has no folder ${scopeKind}, which is the root of a ${scopeKind} release.`,
    "Add it, or release another scope. Then push a new tag.",
  );
}
