import { randomUUID } from "node:crypto";
import { renameSync } from "node:fs";
import { git, openRepository } from "./git.ts";

/** A commit on top of a branch. `from` is where a new branch begins, and `merges` a second parent: commits by message. */
export interface HistoryCommit {
  branch: string;
  from?: string;
  merges?: string;
  message: string;
  author?: string;
  /** Path and whole content of each file that it writes. */
  files: Readonly<Record<string, string>>;
}

/** A tag of a commit, by its message, of another tag, or of no commit at all. Only an annotated one has a message. */
export type HistoryTag =
  | { tag: string; of: { commit: string }; message?: string }
  | { tag: string; of: { tag: string } | { content: string }; message: string };

/** The commits and tags of a repository, oldest first. A step in between changes the ids of all after it. */
export type History = readonly (HistoryCommit | HistoryTag)[];

/** The time of the first step; each further step is one minute later (epoch, s). */
const FIRST_COMMIT = Date.parse("2026-10-01T08:00:00Z") / 1_000;
const AUTHOR = "Ana Sample <ana@example.com>";

/** Makes a bare repository. Its dates are fixed, so its commits have the same ids everywhere. */
export async function makeRepository(history: History, folder: string): Promise<void> {
  const unfinished = `${folder}.${randomUUID()}`;
  // Without a template: no hooks, which nobody runs.
  await git(["init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--object-format=sha1", unfinished]);
  await openRepository(unfinished)?.git(["fast-import", "--quiet", "--date-format=raw"], {
    input: streamOf(history),
  });
  renameSync(unfinished, folder);
}

/** https://git-scm.com/docs/git-fast-import#_input_format */
function streamOf(history: History): string {
  const marks = new Map<string, number>();
  return history
    .map((step, index) => {
      const mark = index + 1;
      const at = `${FIRST_COMMIT + index * 60} +0000`;
      if ("branch" in step) {
        const parents = [
          ...(step.from === undefined ? [] : [`from :${marks.get(step.from)}\n`]),
          ...(step.merges === undefined ? [] : [`merge :${marks.get(step.merges)}\n`]),
        ];
        marks.set(step.message, mark);
        const files = Object.entries(step.files).map(
          ([path, content]) => `M 100644 inline ${path}\n${dataOf(content)}`,
        );
        return `commit refs/heads/${step.branch}\nmark :${mark}\ncommitter ${step.author ?? AUTHOR} ${at}\n${dataOf(step.message)}${parents.join("")}${files.join("")}`;
      }
      const { tag, of, message } = step;
      marks.set(tag, mark);
      const target = "content" in of ? history.length + mark : marks.get("commit" in of ? of.commit : of.tag);
      const blob = "content" in of ? `blob\nmark :${target}\n${dataOf(of.content)}` : "";
      return message === undefined
        ? `reset refs/tags/${tag}\nfrom :${target}\n`
        : `${blob}tag ${tag}\nmark :${mark}\nfrom :${target}\ntagger ${AUTHOR} ${at}\n${dataOf(message)}`;
    })
    .join("");
}

const dataOf = (content: string): string => `data ${Buffer.byteLength(content)}\n${content}\n`;
