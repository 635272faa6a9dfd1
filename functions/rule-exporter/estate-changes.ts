import { createHash } from "node:crypto";
import type { Changes, Estate } from "./estate-repository.ts";
import type { RuleEntry } from "./rule-entry.ts";

/**
 * Decides how an estate changes: it gets the wanted files where they differ, and loses zips that no rule names. Other
 * files belong to the user.
 */
export function changesOf(
  { files }: Estate,
  wanted: Readonly<Record<string, string>>,
  rules: ReadonlyMap<string, RuleEntry>,
): Changes {
  // Where rules were exported by the command before, their code lies in the repository.
  const wantedZips = new Set([...rules.values()].map((entry) => entry.function?.code?.file));
  return {
    put: Object.entries(wanted).filter(([path, content]) => files.get(path) !== contentId(content)),
    remove: [...files.keys()].filter((path) => /^code\/[^/]+\.zip$/.test(path) && !wantedZips.has(path)).sort(),
  };
}

/** The id that git gives a content. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
function contentId(content: string): string {
  const bytes = Buffer.from(content);
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}
