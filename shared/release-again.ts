import { commandLine } from "./email-text.ts";
import { unlinkedText } from "./plain-text.ts";

/** CodeCommit has no longer names. https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html */
export const MAX_TAG_LENGTH = 256;

/** The command that starts the release of a tag again, for people. */
export const releaseAgainCommand = (tag: string): string =>
  `npm run release-again -- ${unlinkedText(tag, MAX_TAG_LENGTH)} --reason "..."`;

/** The steps that start a release again. */
export const releaseAgain = (tag: string): string[] => [
  "Start the release again, with a fresh plan:",
  commandLine(releaseAgainCommand(tag)),
];
