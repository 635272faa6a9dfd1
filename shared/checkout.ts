import { mkdir, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { roleProfile } from "./aws-profiles.ts";
import { commandLine } from "./email-text.ts";
import { Refusal } from "./refusal.ts";
import type { Run } from "./run-program.ts";
import type { AssumableRole } from "./setting-formats.ts";
import type { Workload } from "./workload.ts";

/** A clone of a repository with one commit in its folder. */
export interface Checkout {
  folder: string;
  commitId: string;
  /** Whether the history of `descendant` has this commit; false for a commit that the clone does not know. */
  isAncestor: (ancestor: string, descendant: string) => Promise<boolean>;
}

/** git must neither ask at a terminal nor run what a repository or a template brings. */
const GIT = ["-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never", "-c", "advice.detachedHead=false"];
const ENVIRONMENT = { GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" };

/** The profile of the role that pulls. */
const PULL_PROFILE = "pull";

/**
 * Clones the branch, and the tag if there is one, and checks out the commit. Credentials come from the helper that CodeBuild
 * configures, or are those of a role.
 *
 * @param folder where it clones to; it must not exist
 * @param tag without `refs/tags/`
 * @param commitId by default the head of the branch
 * @throws Refusal where the commit is no ancestor of the branch, or the tag does not point to it
 */
export async function checkOut(
  { run, tag, commitId: wanted, folder }: { run: Run; tag?: string | undefined; commitId?: string; folder: string },
  { url, branch, role }: Workload["repository"],
): Promise<Checkout> {
  await mkdir(folder);
  const pulling = role ? await pullWith(role, folder) : { settings: [], environment: {} };
  const git = (args: readonly string[], expected: readonly number[] = [0]) =>
    run("git", [...GIT, ...pulling.settings, ...args], {
      ...{ folder, expected, hidden: true },
      environment: { ...ENVIRONMENT, ...pulling.environment },
    });
  const release = `refs/remotes/origin/${branch}`;
  await git(["init", "--quiet", "--template="]);

  const refs = [
    `+refs/heads/${branch}:${release}`,
    ...(tag === undefined ? [] : [`+refs/tags/${tag}:refs/tags/${tag}`]),
  ];
  const fetched = await git(["fetch", "--quiet", "--no-tags", url, ...refs], [0, 1, 128]);
  if (fetched.code !== 0) {
    if (tag !== undefined && !(await git(["ls-remote", url, `refs/tags/${tag}`])).output.includes(`\trefs/tags/${tag}`))
      throw new Refusal(`The tag ${tag} is gone.`, ...pushAgain(tag));
    throw new Error(`The repository could not be read: ${fetched.complaint}`);
  }
  const { output: head } = await git(["rev-parse", "--verify", release]);
  const commitId = wanted ?? head.trim();
  if (tag !== undefined) await refuseOtherTag(git, tag, commitId);

  const isAncestor = async (ancestor: string, descendant: string): Promise<boolean> =>
    // 128: the clone does not know the commit.
    (await git(["merge-base", "--is-ancestor", ancestor, descendant], [0, 1, 128])).code === 0;
  if (!(await isAncestor(commitId, release)))
    throw new Refusal(
      `Commit ${commitId} is not on the branch ${branch}.`,
      `Merge it into ${branch}${tag === undefined ? "" : ", and push a new tag"}.`,
    );
  await git(["checkout", "--quiet", "--detach", commitId]);
  return { folder, commitId, isAncestor };
}

async function refuseOtherTag(
  git: (args: readonly string[], expected: readonly number[]) => Promise<{ code: number; output: string }>,
  tag: string,
  commitId: string,
): Promise<void> {
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
}

/**
 * Has git take the password of CodeCommit from the AWS CLI, as a session of the role. The configuration lies beside the clone and
 * holds no credentials. An empty helper makes git forget the ones that the image and CodeBuild configure.
 */
async function pullWith(role: AssumableRole, folder: string) {
  const file = `${folder}-aws-config`;
  await writeFile(file, [`[profile ${PULL_PROFILE}]`, ...roleProfile(role, basename(folder)), ""].join("\n"));
  return {
    settings: [
      ...["-c", "credential.helper="],
      ...["-c", `credential.helper=!aws --profile ${PULL_PROFILE} codecommit credential-helper $@`],
      ...["-c", "credential.UseHttpPath=true"],
    ],
    environment: { AWS_CONFIG_FILE: file, AWS_SHARED_CREDENTIALS_FILE: `${folder}-no-credentials` },
  };
}

const pushAgain = (tag: string) => [
  "Tags of releases do not change. Push a new tag with another version, such as:",
  commandLine(`git tag ${tag}.1 && git push origin ${tag}.1`),
];
