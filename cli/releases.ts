import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { Command } from "commander";
import { clientConfiguration, namingResource } from "../shared/aws-client.ts";
import { type Current, createLedger, type RememberedRelease } from "../shared/ledger.ts";
import { plainText } from "../shared/plain-text.ts";
import { runCommand } from "./command.ts";
import { newerThan } from "./releases/behind.ts";

interface Options {
  env?: string[];
  table: string;
}

const HEADINGS = ["ENVIRONMENT", "TEAM", "SCOPE", "VERSION", "COMMIT", "APPLIED", "OUTCOME", "BEHIND", "NEXT"];
const MAX_CELL = 100;

const command = new Command("releases")
  .description("Lists what runs where, by the ledger of releases, and how far each release is behind.")
  .option("--env <NAME...>", "only these environments; by default all")
  .option("--table <NAME>", "the table of releases", "palisade-releases");

await runCommand(command, releases, 1);

async function releases(_args: readonly string[], { env, table }: Options): Promise<number> {
  const ledger = createLedger(namingResource(new DynamoDBClient(clientConfiguration()), `table ${table}`), table);
  // Versions are compared across all environments, whatever is listed.
  const all = (await Promise.all((await ledger.environments()).map((name) => ledger.releasesOf(name)))).flat();
  const shown = all.filter(({ environment }) => env === undefined || env.includes(environment));
  const rows = await Promise.all(
    shown.map(async (one) => {
      const [last] = await ledger.historyOf(one, 1);
      return rowOf(one, newerThan(one, all), last);
    }),
  );
  if (rows.length === 0) {
    console.log(`The table ${table} has no release${env ? ` to ${env.join(", ")}` : ""}.`);
    return 0;
  }
  console.log(aligned([HEADINGS, ...rows]).join("\n"));
  return 0;
}

function rowOf(one: Current, newer: Current | undefined, last: RememberedRelease | undefined): string[] {
  const { environment, team, scope, version, commitId, appliedAt, outcome } = one;
  return [
    ...[environment, team, scope, version, commitId.slice(0, 7)],
    `${appliedAt.slice(0, 16).replace("T", " ")} UTC`,
    outcome === "failed" ? "FAILED HALF-WAY" : outcome,
    newer ? `${newer.version} in ${newer.environment} ${newer.scope}` : "-",
    last && last.executionId !== one.executionId ? `${last.version} ${last.outcome}` : "-",
  ].map((cell) => plainText(cell, MAX_CELL));
}

/** Lines with columns of one width each. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
