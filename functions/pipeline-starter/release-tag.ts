import type { Environments } from "./settings.ts";

/** What a tag asks for: `<environment>_<scope>/<team>/<version>`. */
export interface Release {
  tag: string;
  environment: string;
  /** A region, or `global`. */
  scope: string;
  team: string;
  version: string;
  /** The region to deploy to; for `global` the home region of the environment. */
  region: string;
  pipeline: string;
  sourceAction: string;
}

/** A tag of an environment: a release, or the rules that it breaks, a sentence each, and one that breaks none. */
export type ReleaseTag = { environment: string } & ({ release: Release } | { brokenRules: string[]; example: string });

/**
 * Reads the name of a tag, without `refs/tags/`.
 *
 * @param teams those that may release; undefined for any
 * @returns undefined for a tag that does not begin with the name of an environment and `_`: it is not for us
 */
export function readReleaseTag(
  tag: string,
  environments: Environments,
  teams: readonly string[] | undefined,
): ReleaseTag | undefined {
  const [environment = "", ...rest] = tag.split("_");
  const settings = Object.hasOwn(environments, environment) ? environments[environment] : undefined;
  if (!settings || rest.length === 0) return undefined;

  const [scope = "", team = "", version = "", ...more] = rest.join("_").split("/");
  const { regions, homeRegion, pipeline, sourceAction } = settings;
  const example = `${environment}_${regions[0]}/${teams?.[0] ?? "research"}/1.0`;
  if (version === "" || more.length > 0) {
    const rule = "A tag has three parts: <environment>_<region or global>/<team>/<version>.";
    return { environment, brokenRules: [rule], example };
  }

  const rules: readonly [kept: boolean, rule: string][] = [
    [
      scope === "global" || regions.includes(scope),
      `After ${environment}_ comes global or a region of ${environment}: ${regions.join(", ")}.`,
    ],
    [/^[a-z0-9-]{1,40}$/.test(team), "The team has 1 to 40 of a-z, 0-9 and -."],
    [teams?.includes(team) ?? true, `The team is one of ${teams?.join(", ")}.`],
    [
      /^\d[0-9A-Za-z.+-]{0,63}$/.test(version),
      "The version begins with a digit and has 1 to 64 of 0-9, A-Z, a-z, dot, + and -.",
    ],
  ];
  const brokenRules = rules.filter(([kept]) => !kept).map(([, rule]) => rule);
  if (brokenRules.length > 0) return { environment, brokenRules, example };
  const region = scope === "global" ? homeRegion : scope;
  return { environment, release: { tag, environment, scope, team, version, region, pipeline, sourceAction } };
}
