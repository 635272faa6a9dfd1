import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { readTemplates } from "../../cli/export-rules/templates.ts";
import { compose } from "../../functions/rule-exporter/compose.ts";
import { settingsSchema } from "../../functions/rule-exporter/settings.ts";
import { createWorld } from "../../local/world.ts";
import { readSettings } from "../../shared/settings.ts";
import { lambdaContext } from "./lambda-context.ts";
import { localFaults } from "./local-faults.ts";
import { localPlatform } from "./local-platform.ts";
import { workOn } from "./work-on.ts";

/** The first commit of the sample repository `config-rules`, with three rules. */
export const FIRST = "d3250d70e64bc3f41d5cbd42ecf7a0041578be93";
/** Its branch `main`. */
export const MAIN = "e0a3df1dbce40672a214558723fc934e4b41c3cf";

/**
 * A local AWS with copies of the sample repositories that are this test's own, and the function in it.
 *
 * @param changed settings other than those of the local AWS
 * @param state folder that keeps repositories and pull requests for another world
 */
export async function createExportWorld({
  state,
  ...changed
}: {
  state?: string;
  EXPORT_OPTIONS?: string;
  TARGET_BRANCH?: string;
} = {}) {
  const { forWorld, ...faults } = localFaults();
  const world = await createWorld({
    ...forWorld,
    ...(state !== undefined && { state }),
  });
  const repositories = dirname(await world.repositoryFolder("config-rules"));
  await world.repositoryFolder("infrastructure");
  const settings = readSettings(settingsSchema, { ...world.environmentOf("rule-exporter"), ...changed });
  const { logged, ...platform } = localPlatform("rule-exporter", world.endpoint, () => Date.parse("2026-11-23T23:59Z"));
  const handler = compose(settings, { ...platform, region: "us-east-1", templates: readTemplates() });
  const invoke = (event: unknown) => handler(event, lambdaContext());
  const callsOf = (wanted: string) => world.calls.filter(({ operation }) => operation === wanted);

  /** Commits many files with the content of another commit's README.md, without a file on the disk for each. */
  const commitMany = (parent: string, paths: readonly string[]): string => {
    const rules = workOn(repositories, "config-rules");
    const blob = rules.git("rev-parse", `${parent}:README.md`);
    const lines = [
      "commit refs/heads/many",
      "committer Dev <dev@example.com> 0 +0000",
      "data 0",
      `from ${parent}`,
      ...paths.map((path) => `M 100644 ${blob} ${path}`),
    ];
    const input = `${lines.join("\n")}\n`;
    execFileSync("git", [`--git-dir=${join(repositories, "config-rules")}`, "fast-import", "--quiet"], { input });
    return rules.head("many");
  };

  return {
    endpoint: world.endpoint,
    rules: workOn(repositories, "config-rules"),
    commitMany,
    infrastructure: workOn(repositories, "infrastructure"),
    invoke,
    list: (commitId: string) => invoke({ step: "list", repository: "config-rules", commitId }),
    exportRule: (commitId: string, rule: string) =>
      invoke({ step: "export", repository: "config-rules", commitId, rule }),
    publish: (commitId: string, entries: readonly unknown[]) =>
      // As the state machine hands it on.
      invoke(JSON.parse(JSON.stringify({ step: "publish", repository: "config-rules", commitId, entries }))),
    calls: world.calls,
    callsOf,
    operations: () => world.calls.map(({ operation }) => operation),
    ...faults,
    logged,
    close: world.close,
  };
}

export type ExportWorld = Awaited<ReturnType<typeof createExportWorld>>;
