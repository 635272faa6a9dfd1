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

/** A rule that a tag breaks, with what the settings allow. */
export type BrokenRule =
  | { rule: "three parts" }
  | { rule: "scope"; environment: string; regions: readonly string[] }
  | { rule: "team" }
  | { rule: "listed team"; teams: readonly string[] }
  | { rule: "version" };

/** A tag of an environment: a release, or the rules that it breaks and a tag that keeps them. */
export type ReleaseTag = { environment: string } & (
  | { release: Release }
  | { brokenRules: readonly BrokenRule[]; example: string }
);

/**
 * Reads the name of a tag.
 *
 * @param tag without `refs/tags/`
 * @param teams the teams that may release; undefined for any
 * @returns undefined for a tag that does not begin with the name of an environment and `_`: it is no release tag
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
  if (version === "" || more.length > 0) return { environment, brokenRules: [{ rule: "three parts" }], example };

  const rules: readonly [kept: boolean, broken: BrokenRule][] = [
    [scope === "global" || regions.includes(scope), { rule: "scope", environment, regions }],
    [/^[a-z0-9-]{1,40}$/.test(team), { rule: "team" }],
    [teams?.includes(team) ?? true, { rule: "listed team", teams: teams ?? [] }],
    [/^\d[0-9A-Za-z.+-]{0,63}$/.test(version), { rule: "version" }],
  ];
  const brokenRules = rules.filter(([kept]) => !kept).map(([, broken]) => broken);
  if (brokenRules.length > 0) return { environment, brokenRules, example };
  const region = scope === "global" ? homeRegion : scope;
  return { environment, release: { tag, environment, scope, team, version, region, pipeline, sourceAction } };
}
