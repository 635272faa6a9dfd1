import { commandLine } from "../../shared/email-text.ts";
import { Refusal } from "../../shared/refusal.ts";
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

/** A tag that begins with an environment: a release, or why it is none. */
export type ReleaseTag = { environment: string } & ({ release: Release } | { refusal: Refusal });

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
  const refuse = (brokenRules: readonly string[]) => ({
    environment,
    refusal: new Refusal(
      brokenRules.join(" "),
      "Delete the tag. Then push a tag that keeps the rules, such as:",
      commandLine(example),
    ),
  });
  if (version === "" || more.length > 0)
    return refuse([
      "A release tag has the form <environment>_<region or global>/<team>/<version>, in exactly three parts.",
    ]);

  const rules: readonly [kept: boolean, rule: string][] = [
    [
      scope === "global" || regions.includes(scope),
      `Only global or one of ${regions.join(", ")} may follow ${environment}_ in a tag.`,
    ],
    [/^[a-z0-9-]{1,40}$/.test(team), "The team has 1 to 40 characters: a-z, 0-9 and hyphens."],
    [teams?.includes(team) ?? true, `Only these teams may release: ${teams?.join(", ")}.`],
    [
      /^\d[0-9A-Za-z.+-]{0,63}$/.test(version),
      "The version begins with a digit and has 1 to 64 characters: 0-9, A-Z, a-z, dots, plus signs and hyphens.",
    ],
  ];
  const brokenRules = rules.filter(([kept]) => !kept).map(([, rule]) => rule);
  if (brokenRules.length > 0) return refuse(brokenRules);
  const region = scope === "global" ? homeRegion : scope;
  return { environment, release: { tag, environment, scope, team, version, region, pipeline, sourceAction } };
}
