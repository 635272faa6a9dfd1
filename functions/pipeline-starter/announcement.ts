import { executionLink } from "../../shared/console-link.ts";
import { emailText } from "../../shared/email-text.ts";
import { plainText, unlinkedText } from "../../shared/plain-text.ts";
import type { Announcement } from "../../shared/sns-message.ts";
import type { TagEvent } from "./event.ts";
import type { Cause } from "./refusal.ts";
import type { BrokenRule, Release } from "./release-tag.ts";

/** What came of an event that people hear of. */
export type Notice = { event: TagEvent; environment: string } & (
  | { kind: "release-started" | "release-repeated"; release: Release; commitId: string; executionId: string }
  | {
      kind: "release-refused" | "tag-moved" | "tag-deleted";
      /** Missing where the function did not look up the commit of the tag. */
      commitId: string | undefined;
      cause: Cause;
    }
);

/** CodeCommit has no longer names. https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html */
const MAX_TAG_LENGTH = 256;
const MAX_CALLER_LENGTH = 256;
const MAX_ANSWER_LENGTH = 500;

/** A line of an e-mail that holds a name and nothing else, for people to copy. */
const INDENT = "  ";
const nameLine = (name: string): string => `${INDENT}${name}`;

/** The name of a tag as results, log lines and machines get it. */
export const plainTag = (tag: string): string => plainText(tag, MAX_TAG_LENGTH);

/** Why a tag starts nothing: the lines of the e-mail as sentences, for machines. */
export const reasonOf = (cause: Cause): string => sentences(reasonLines(cause));

/** Writes the message of a notice; `release-message.schema.json` describes its part for machines. */
export function announcementOf(notice: Notice): Announcement {
  const { kind, environment, event } = notice;
  const summary = summaryOf(notice);
  const commitId = notice.commitId ?? event.commitId ?? "";
  const oldCommitId = event.oldCommitId ?? "";
  const caller = event.callerUserArn ?? "";
  const execution = "release" in notice ? executionOf(notice.release, notice.executionId, event.region) : undefined;
  const reason = "cause" in notice ? reasonLines(notice.cause) : kind === "release-repeated" ? REPEATED : [];

  const email = emailText(
    summary,
    [
      ["tag", unlinkedText(event.tag, MAX_TAG_LENGTH)],
      ["repository", event.repositoryName],
      ["pointed to", oldCommitId],
      [notice.commitId === undefined ? "points to" : "commit", commitId],
      [BY[kind], unlinkedText(caller, MAX_CALLER_LENGTH) || "unknown: the event does not name anybody"],
      ["pipeline", execution?.pipeline ?? ""],
      ["execution", execution?.executionId ?? ""],
    ],
    [
      ["WHY", reason],
      ["WHAT TO DO NEXT", nextSteps(notice)],
      ["LINK", execution?.link ? [execution.link] : []],
    ],
  );
  return {
    subject: `[palisade] ${summary}`,
    sms: `[palisade] ${summary}`,
    data: {
      kind,
      environment,
      repository: event.repositoryName,
      tag: plainTag(event.tag),
      ...(oldCommitId !== "" && { oldCommitId }),
      ...(commitId !== "" && { commitId }),
      ...(caller !== "" && { by: plainText(caller, MAX_CALLER_LENGTH) }),
      ...execution,
      ...(reason.length > 0 && { reason: sentences(reason) }),
    },
    email,
    attributes: { kind, environment },
  };
}

/** For example `dev: release 1.0 of research started in us-east-1`. */
function summaryOf({ environment, event, ...notice }: Notice): string {
  const tag = unlinkedText(event.tag, MAX_TAG_LENGTH);
  switch (notice.kind) {
    case "release-started":
      return `${environment}: release ${unlinkedText(notice.release.version, MAX_TAG_LENGTH)} of ${notice.release.team} started in ${placeOf(notice.release)}`;
    case "release-repeated":
      return `${environment}: not released again: ${tag}`;
    case "release-refused":
      return `${environment}: tag refused: ${tag}`;
    case "tag-moved":
      return `${environment}: tag moved: ${tag}`;
    case "tag-deleted":
      return `${environment}: tag deleted: ${tag}`;
  }
}

const BY = {
  "release-started": "tagged by",
  "release-repeated": "tagged by",
  "release-refused": "tagged by",
  "tag-moved": "moved by",
  "tag-deleted": "deleted by",
} as const;

const placeOf = ({ scope, region }: Release): string => (scope === "global" ? `global (${region})` : scope);

const executionOf = ({ pipeline }: Release, executionId: string, region: string) => ({
  pipeline,
  executionId,
  link: executionLink(region, pipeline, executionId),
});

/** Joins lines; a name, which has a line of its own, ends its sentence. */
const sentences = (lines: readonly string[]): string =>
  lines.map((line) => (line.startsWith(INDENT) ? line.trim().replace(/\.?$/, ".") : line)).join(" ");

const REPEATED = ["This tag has already released this commit, in the execution above."];

function reasonLines(cause: Cause): readonly string[] {
  switch (cause.kind) {
    case "tag moved":
      return ["The tag was moved. A release tag must not change, so a move starts nothing."];
    case "tag deleted":
      return ["The tag was deleted. This starts nothing, and it does not undo a release."];
    case "rules broken":
      return cause.rules.flatMap(ruleLines);
    case "no repository":
      return ["CodeCommit has no repository with this name:", nameLine(cause.repository)];
    case "no commit or no branch":
      return [
        "CodeCommit finds no commit for the tag, or it finds no release branch with this name:",
        nameLine(cause.branch),
      ];
    case "too far apart":
      return [
        "Too much lies between the tagged commit and the release branch. CodeCommit cannot tell whether the commit is on it:",
        nameLine(cause.branch),
      ];
    case "not on the branch":
      return [`The tagged commit ${cause.commitId} is not on the release branch:`, nameLine(cause.branch)];
    case "start refused":
      return [
        "CodePipeline refused to start this pipeline:",
        nameLine(cause.pipeline),
        "CodePipeline says:",
        nameLine(unlinkedText(cause.answer, MAX_ANSWER_LENGTH)),
      ];
  }
}

function ruleLines(broken: BrokenRule): readonly string[] {
  switch (broken.rule) {
    case "three parts":
      return ["A release tag has three parts:", nameLine("<environment>_<region or global>/<team>/<version>")];
    case "scope":
      return [
        `After ${broken.environment}_ comes global or one of these regions:`,
        nameLine(broken.regions.join(", ")),
      ];
    case "team":
      return ["The team has 1 to 40 of the characters a-z, 0-9 and -."];
    case "listed team":
      return ["The team must be one of these:", nameLine(broken.teams.join(", "))];
    case "version":
      return ["The version begins with a digit. It has 1 to 64 of the characters 0-9, A-Z, a-z, dot, + and -."];
  }
}

function nextSteps(notice: Notice): readonly string[] {
  if ("cause" in notice) return remedyLines(notice.cause);
  return notice.kind === "release-started"
    ? ["Follow the execution in CodePipeline. Where it waits for an approval, read the plan first."]
    : ["To release the commit once more, retry the execution above, or push a tag with a new version."];
}

const PUSH_AGAIN = "Then delete the tag and push it again.";

function remedyLines(cause: Cause): readonly string[] {
  switch (cause.kind) {
    case "tag moved":
      return [
        "Look in the pipeline for the commit that was released under this tag. If there is one, move the tag back to it.",
        "To release another commit, push a tag with a new version.",
      ];
    case "tag deleted":
      return [
        "If you deleted the tag to push it again, push it. It starts a release, unless it released the same commit in the last 36 hours.",
        "If nobody meant to delete the tag, do not push it again. Use a new version for the next release.",
      ];
    case "rules broken":
      return ["Delete the tag. Then push a tag that keeps the rules, such as:", nameLine(cause.example)];
    case "no repository":
      return [
        "Restore the repository, or correct this setting of the function pipeline-starter:",
        nameLine("REPOSITORY"),
        PUSH_AGAIN,
      ];
    case "no commit or no branch":
      return [
        "If the tag has been deleted by now, do nothing.",
        "If the tag does not point to a commit, delete it and push a tag that does.",
        "If there is no such branch, correct this setting of the function pipeline-starter:",
        nameLine("BRANCH"),
        PUSH_AGAIN,
      ];
    case "too far apart":
      return ["Push a tag with a new version on a newer commit of the release branch."];
    case "not on the branch":
      return [
        "Merge the change into the release branch. Then push a tag with a new version on a commit of that branch.",
      ];
    case "start refused":
      return [
        "Correct the pipeline. It must exist, have type V2 and run in mode QUEUED.",
        "It must have this source action:",
        ...cause.sourceActions.map(nameLine),
        "It must declare these variables:",
        ...cause.variables.map(nameLine),
        PUSH_AGAIN,
      ];
  }
}
