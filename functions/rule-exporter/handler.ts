import type { Logger } from "@aws-lambda-powertools/logger";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { pullRequestLink } from "../../shared/console-link.ts";
import type { Invocation } from "../../shared/event-handler.ts";
import { snsContent } from "../../shared/sns-message.ts";
import { announcementOf, descriptionOf, type Notice, titleOf } from "./announcement.ts";
import type { StoreCode } from "./code-store.ts";
import { changesOf } from "./estate-changes.ts";
import type { EstateRepository } from "./estate-repository.ts";
import { type ExportedRule, readStep, type StepEvent } from "./event.ts";
import type { ExportOptions } from "./export-options.ts";
import { type EstateTemplates, estateLayout, zipInBucket } from "./layout.ts";
import { type Outcomes, publicationOf } from "./publication.ts";
import { type ReadRule, readRule } from "./rule.ts";
import type { RulesCommit, RulesRepository } from "./rules-repository.ts";

/** The result of one event. */
export type Result = ListResult | ExportResult | PublishResult;

type ListResult = RulesCommit & {
  outcome: "listed";
  /** The folders with rules; the step `export` runs for each. */
  rules: string[];
};

/** One of the `entries` of the step `publish`. */
type ExportResult = Pick<ReadRule, "kind" | "entry" | "problems"> & { outcome: "exported" | "refused"; rule: string };

type PublishResult = RulesCommit &
  Outcomes & {
    outcome: "published" | "unchanged";
    branch?: string;
    pullRequestId?: string | undefined;
    /** The message for people, as SNS takes it but for the topic; null where there is none to send. */
    message: ReturnType<typeof snsContent> | null;
  };

interface Dependencies {
  rules: RulesRepository;
  storeCode: StoreCode;
  estate: EstateRepository;
  logger: Logger;
  metrics: Metrics;
  templates: EstateTemplates;
  /** The clock (epoch, ms). */
  now: () => number;
  options: ExportOptions;
  bucket: string;
  /** Where the target repository is. */
  region: string;
  targetRepository: string;
  targetFolder: string;
}

const METRICS: Readonly<Record<Result["outcome"], string>> = {
  listed: "Listed",
  exported: "Exported",
  refused: "Refused",
  published: "Published",
  unchanged: "Unchanged",
};

/**
 * The story of one step of an export. A step may be repeated: code is stored under its hash, and a repeated publication
 * finds its branch, its commit and its pull request.
 *
 * @throws Error where the event is no step, and where CodeCommit or S3 fails: the state machine tries again
 */
export function createHandler(dependencies: Dependencies) {
  const { rules, storeCode, estate, logger, metrics, templates, now, options } = dependencies;
  const { bucket, region, targetRepository, targetFolder } = dependencies;

  async function exportRule(commit: RulesCommit, rule: string, { signal }: Invocation): Promise<ExportResult> {
    const folder = await rules.read(commit, rule, signal);
    const today = new Date(now()).toISOString().slice(0, 10);
    const read = readRule(folder, options, today, (_name, sha256) => ({ key: zipInBucket(sha256) }));
    const { kind, entry, code, problems } = read;
    if (code) await storeCode(code, signal);
    return { outcome: entry ? "exported" : "refused", rule, kind, entry, problems };
  }

  async function publish(
    { repository, commitId }: RulesCommit,
    entries: readonly ExportedRule[],
    { signal }: Invocation,
  ): Promise<PublishResult> {
    const current = await estate.current(signal);
    const { rules: wanted, outcomes } = publicationOf(entries, await estate.rulesOf(current, signal));
    const files = estateLayout(wanted, templates, bucket);
    const { put, remove } = changesOf(current, files, wanted);
    const notice: Notice = {
      ...outcomes,
      outcome: put.length + remove.length > 0 ? "published" : "unchanged",
      repository,
      commitId,
      target: `${targetRepository}/${targetFolder}`,
    };
    if (notice.outcome === "unchanged") {
      const message = outcomes.refused.length > 0 ? snsContent(announcementOf(notice)) : null;
      return { outcome: "unchanged", repository, commitId, ...outcomes, message };
    }

    const branch = `config-rules/${commitId.slice(0, 7)}`;
    const title = titleOf(notice);
    await estate.write(branch, current.commitId, (there) => changesOf(there, files, wanted), title, signal);
    const pullRequestId = await estate.request(branch, title, descriptionOf(notice), signal);
    const link = pullRequestLink(region, targetRepository, pullRequestId);
    const message = snsContent(announcementOf({ ...notice, pullRequestId, link }));
    return { outcome: "published", repository, commitId, branch, pullRequestId, ...outcomes, message };
  }

  async function resultOf(event: StepEvent, invocation: Invocation): Promise<Result> {
    const commit = { repository: event.repository, commitId: event.commitId };
    switch (event.step) {
      case "list":
        return { outcome: "listed", ...commit, rules: await rules.list(commit, invocation.signal) };
      case "export":
        return await exportRule(commit, event.rule, invocation);
      case "publish":
        return await publish(commit, event.entries, invocation);
    }
  }

  return async (event: unknown, invocation: Invocation): Promise<Result> => {
    const step = readStep(event);
    const result = await resultOf(step, invocation);
    metrics.addMetric(METRICS[result.outcome], MetricUnit.Count, 1);
    const { outcome } = result;
    logger.info("event handled", { step: step.step, outcome, repository: step.repository, commitId: step.commitId });
    return result;
  };
}
