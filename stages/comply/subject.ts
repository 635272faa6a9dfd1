import * as z from "zod";
import { deliveredBy } from "../../shared/delivery.ts";
import type { ReleasedWorkload } from "../../shared/guardrail-configuration.ts";
import { workloadName } from "../../shared/setting-formats.ts";
import { readSettings } from "../../shared/settings.ts";
import type { Configuration, Environment, Stage, Subject } from "../../shared/stage.ts";
import { triedWorkload, type Workload } from "../../shared/workload.ts";

/** What is checked against what. */
export interface Checked extends Subject {
  /** Names the file of waivers: the workload, or `<team>-<environment>-<scope>` of a release. */
  name: string;
  owner: string;
  workload: Workload;
  /** The tag of a release. */
  tag?: string;
  guardrails: Workload["repository"] & { name: string };
  /** Which side the commit of the execution is of. The other side is at the head of its branch, or at what was applied last. */
  commitOf: "guardrails" | "workload";
  /** Where the commit that was applied last is. */
  released?: ReleasedWorkload;
}

export type Check = Stage & Checked;

/** The name of the action: the guardrail pipeline has one for each workload. */
export function actionOf(environment: Environment): string {
  const { data } = workloadName.safeParse(environment.WORKLOAD);
  return data === undefined ? "ComplianceCheck" : `ComplianceCheck_${data}`;
}

/** What a pipeline checks: new guardrails on a workload, or a workload against the active guardrails. */
export function checkedBy(configuration: Configuration, environment: Environment): Checked {
  if (configuration.kind === "guardrails") {
    const { WORKLOAD: name } = readSettings(z.object({ WORKLOAD: workloadName }), environment, "build");
    const workload = triedWorkload(name, configuration);
    const { owner = "", released } = configuration.workloads[name] ?? {};
    return {
      ...{ configuration, name, owner, workload, commitOf: "guardrails" },
      guardrails: configuration.repository,
      ...(released && { released }),
      names: [name, workload.root, workload.region],
    };
  }
  const { workload, release, names } = deliveredBy(configuration, environment);
  const active = configuration.guardrails;
  if (!active) throw new Error("targets.json has no guardrails.");
  return {
    ...{ configuration, workload, names, commitOf: "workload" },
    name: release ? `${release.team}-${release.environment}-${release.scope}` : workload.name,
    owner: release ? release.team : workload.name,
    ...(release && { tag: release.tag }),
    guardrails: {
      name: active.url.split("/").at(-1) ?? active.url,
      url: active.url,
      branch: active.branch,
      role: active.pullRole,
    },
  };
}
