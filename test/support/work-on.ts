import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A file's content; null where it is deleted, and where a link leads. */
export type Content = string | Uint8Array | null | { linkTo: string };

/** Works with plain git on a bare repository in a folder of repositories. */
export function workOn(repositories: string, name: string) {
  const git = (...args: string[]): string =>
    execFileSync("git", [`--git-dir=${join(repositories, name)}`, ...args], { encoding: "utf8" }).trim();
  return {
    git,
    /** Commits files on top of a commit, and leaves branches alone. */
    commit: (parent: string, message: string, files: Readonly<Record<string, Content>>): string => {
      const work = join(repositories, "work");
      rmSync(work, { recursive: true, force: true });
      git("worktree", "prune");
      git("worktree", "add", "--quiet", "--detach", work, parent);
      const inWork = (...args: string[]) =>
        execFileSync("git", ["-C", work, "-c", "user.name=Dev", "-c", "user.email=dev@example.com", ...args], {
          encoding: "utf8",
        }).trim();
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(join(work, path, ".."), { recursive: true });
        if (content === null) rmSync(join(work, path));
        else if (typeof content === "object" && "linkTo" in content) symlinkSync(content.linkTo, join(work, path));
        else writeFileSync(join(work, path), content);
      }
      inWork("add", "--all", "--force");
      inWork("commit", "--quiet", "--allow-empty", "--message", message);
      return inWork("rev-parse", "HEAD");
    },
    push: (branch: string, commitId: string) => git("update-ref", `refs/heads/${branch}`, commitId),
    /** What a branch points to. */
    head: (branch: string) => git("rev-parse", `refs/heads/${branch}`),
    /** The content of a file. */
    show: (commit: string, path: string) => git("show", `${commit}:${path}`),
  };
}
