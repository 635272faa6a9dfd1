import { commandLine } from "./email-text.ts";
import { Fault } from "./fault.ts";
import { plainText } from "./plain-text.ts";
import type { Workload } from "./workload.ts";

/**
 * What to tell people where Terraform did not get the lock of a state.
 *
 * @param complaint what Terraform said
 * @returns undefined for another complaint
 */
export function lockHeld(complaint: string, { state, words }: Pick<Workload, "state" | "words">): Fault | undefined {
  if (!complaint.includes("Error acquiring the state lock")) return undefined;
  const field = (name: string) => plainText(new RegExp(`\\b${name}:\\s+(.+)`).exec(complaint)?.[1]?.trim() ?? "", 120);
  const [id, who, created] = [field("ID"), field("Who"), field("Created")];
  // Terraform says the same of a state that it may not lock.
  if (id === "")
    return new Fault(
      `Terraform could not lock the state ${state.key}.`,
      "Read the log: the build may lack a right, or the bucket.",
    );
  return new Fault(
    `Another release of ${words.title} holds the lock of the state ${state.key}, since ${created || "a while"}.`,
    "Wait until it ends.",
    ...words.again,
    `If no release runs (${who || "unknown"} holds it), the lock is left over. In a session that may write the state:`,
    commandLine(`terraform force-unlock ${id.replaceAll(/[^\w-]/g, "?")}`),
  );
}

/**
 * Whether another release held the lock and gave it back before Terraform asked who holds it. Terraform waits for a holder that it
 * can name, and gives up at once where there is none any more: what it was to do has not begun.
 *
 * @param complaint what Terraform said, or a line of `-json`
 */
export const lockVanished = (complaint: string): boolean =>
  ["Error acquiring the state lock", "PreconditionFailed", "NoSuchKey"].every((part) => complaint.includes(part));
