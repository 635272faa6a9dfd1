import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** The content of a file, or the target of a link; null deletes the file. */
export type Content = string | Uint8Array | null | { linkTo: string };

/** Works with plain git on a bare repository in a folder of repositories. */
export function workOn(repositories: string, name: string) {
  const run = (args: readonly string[], input?: Uint8Array): string =>
    execFileSync("git", [`--git-dir=${join(repositories, name)}`, ...args], { encoding: "utf8", input }).trim();
  const git = (...args: string[]): string => run(args);
  return {
    git,
    /** Commits files on top of a commit, and leaves branches alone. */
    commit: (parent: string, message: string, files: Readonly<Record<string, Content>>): string =>
      run(
        ["fast-import", "--quiet", "--force", "--date-format=now", "--cat-blob-fd=1"],
        Buffer.concat([
          Buffer.from("commit refs/work\nmark :1\ncommitter Dev <dev@example.com> now\n"),
          ...dataOf(message),
          Buffer.from(`from ${parent}\n`),
          ...Object.entries(files).flatMap(([path, content]) => changeOf(quoted(path), content)),
          Buffer.from("get-mark :1\n"),
        ]),
      ),
    push: (branch: string, commitId: string) => git("update-ref", `refs/heads/${branch}`, commitId),
    /** The newest commit of a branch. */
    head: (branch: string) => git("rev-parse", `refs/heads/${branch}`),
    /** The content of a file. */
    show: (commit: string, path: string) => git("show", `${commit}:${path}`),
  };
}

/** https://git-scm.com/docs/git-fast-import#_input_format */
function changeOf(path: string, content: Content): Buffer[] {
  if (content === null) return [Buffer.from(`D ${path}\n`)];
  const isLink = typeof content === "object" && "linkTo" in content;
  return [
    Buffer.from(`M ${isLink ? "120000" : "100644"} inline ${path}\n`),
    ...dataOf(isLink ? content.linkTo : content),
  ];
}

function dataOf(content: string | Uint8Array): Buffer[] {
  const bytes = Buffer.from(content);
  return [Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from("\n")];
}

const quoted = (path: string): string => `"${path.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
