import * as z from "zod";
import { commandLine } from "./email-text.ts";
import { Refusal } from "./refusal.ts";

/** The name that a tag begins with. It has no `_`, because `_` ends it in a tag. */
export const environmentName = z.string().regex(/^[A-Za-z0-9-]{1,32}$/, "must be a name of 1 to 32 of A-Z a-z 0-9 -");

export const regionName = z.string().regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, "must be a region such as us-east-1");

export const teamName = z.string().regex(/^[a-z0-9-]{1,40}$/, "must be a name of 1 to 40 of a-z 0-9 -");

/** What an environment takes releases for. */
export interface ReleaseEnvironment {
  /** The regions that teams may release to; at least one. */
  regions: readonly string[];
  /** The region that releases of scope `global` are deployed from. */
  homeRegion: string;
  /** The teams that may release to it; at least one. */
  teams: readonly string[];
}

/** What a tag asks for: `<environment>_<scope>/<team>/<version>`. */
export interface Release {
  tag: string;
  environment: string;
  /** A region, or `global`. */
  scope: string;
  scopeKind: "regional" | "global";
  team: string;
  version: string;
  /** The region to deploy to; for `global` the home region of the environment. */
  region: string;
  /** The key of its Terraform state in the state bucket of the environment. */
  stateKey: string;
}

/** Where a release goes, for people: `us-east-1`, or `global (us-east-1)`. */
export const placeOf = ({ scope, region }: Pick<Release, "scope" | "region">): string =>
  scope === "global" ? `global (${region})` : scope;

/** A tag that begins with an environment: a release, or why it is none. It may name a team of the environment all the same. */
export type ReleaseTag = { environment: string; team?: string } & ({ release: Release } | { refusal: Refusal });

/**
 * Reads the name of a tag.
 *
 * @param tag without `refs/tags/`
 * @returns undefined for a tag that does not begin with the name of an environment and `_`: it is no release tag
 */
export function readReleaseTag(
  tag: string,
  environments: Readonly<Record<string, ReleaseEnvironment>>,
): ReleaseTag | undefined {
  const [environment = "", ...rest] = tag.split("_");
  const settings = Object.hasOwn(environments, environment) ? environments[environment] : undefined;
  if (!settings || rest.length === 0) return undefined;

  const [scope = "", team = "", version = "", ...more] = rest.join("_").split("/");
  const { regions, homeRegion, teams } = settings;
  const example = `${environment}_${regions[0]}/${teams[0]}/1.0`;
  const named = { environment, ...(teams.includes(team) && { team }) };
  const refuse = (brokenRules: readonly string[]) => ({
    ...named,
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
    [teams.includes(team), `Only these teams may release to ${environment}: ${teams.join(", ")}.`],
    [
      /^\d[0-9A-Za-z.+-]{0,63}$/.test(version),
      "The version begins with a digit and has 1 to 64 characters: 0-9, A-Z, a-z, dots, plus signs and hyphens.",
    ],
  ];
  const brokenRules = rules.filter(([kept]) => !kept).map(([, rule]) => rule);
  if (brokenRules.length > 0) return refuse(brokenRules);
  return {
    ...named,
    release: {
      tag,
      environment,
      scope,
      scopeKind: scope === "global" ? "global" : "regional",
      team,
      version,
      region: scope === "global" ? homeRegion : scope,
      stateKey: `${team}/${environment}-${scope}/terraform.tfstate`,
    },
  };
}
