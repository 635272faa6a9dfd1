import { commandLine } from "../../shared/email-text.ts";
import { isBlank } from "../../shared/plain-text.ts";
import { Refusal } from "../../shared/refusal.ts";
import { releaseAgainCommand } from "../../shared/release-again.ts";
import { type Release, readReleaseTag } from "../../shared/release-tag.ts";
import type { ReleaseEvent } from "./event.ts";
import type { Environments } from "./settings.ts";

/** A release, and the environment that takes it. */
type ReleaseToStart = Environments[string] & { release: Release };

/**
 * The release that a pushed tag or a request asks for.
 *
 * @throws Refusal for a tag that is no release tag or breaks the rules, and for a request without a reason
 */
export function releaseToStart(event: ReleaseEvent, environments: Environments): ReleaseToStart {
  const requested = event.event === "releaseRequested";
  if (requested && isBlank(event.reason))
    throw new Refusal(
      "A request for a release needs a reason, and this one has none.",
      "Ask again, and say why:",
      commandLine(releaseAgainCommand(event.tag)),
    );
  const tag = readReleaseTag(event.tag, environments);
  const settings = tag && environments[tag.environment];
  if (settings && "release" in tag) return { ...settings, release: tag.release };

  const refusal = tag && "refusal" in tag ? tag.refusal : new Refusal(noEnvironment(environments));
  if (!requested) throw refusal;
  // The steps of its refusal would delete a tag that may not even exist.
  throw new Refusal(
    refusal.message,
    "Ask again, with the whole name of a release tag:",
    commandLine(releaseAgainCommand("TAG")),
  );
}

const noEnvironment = (environments: Environments): string =>
  `A release tag begins with the name of an environment and _. The environments are ${Object.keys(environments).join(", ")}.`;
