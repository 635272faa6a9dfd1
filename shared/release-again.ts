import { commandLine } from "./email-text.ts";

/** The steps that start a release again. The grammar of tags leaves nothing in them that a shell reads. */
export const releaseAgain = (tag: string): string[] => [
  "Start the release again, with a fresh plan:",
  commandLine(`npm run release-again -- ${tag} --reason "…"`),
];
