import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { REGION, REPOSITORY, type Release } from "../../local/rehearsal/release.ts";
import type { Rehearsed } from "../../local/runtime/rehearsal.ts";
import { createLedger } from "../../shared/ledger.ts";
import { messagesIn } from "./sns-messages.ts";

/** What stories of releases to `dev` do with a started system, and what they ask it. */
export function releaseStory(release: Release) {
  const client = {
    endpoint: release.moto,
    region: REGION,
    credentials: { accessKeyId: "made-up", secretAccessKey: "made-up" },
  };
  const ledger = createLedger(new DynamoDBClient(client), "palisade-releases");
  const place = (team: string, scope: string) => ({ environment: "dev", team, scope });

  /** Pushes a tag, by default of the newest commit, and waits for the start of its execution. */
  async function tagged(tag: string, commit?: string): Promise<Rehearsed> {
    await release.pushTag(REPOSITORY, tag, commit);
    return release.started("TAG", tag);
  }

  return {
    tagged,
    /** Releases a tag with an approval. Returns how the execution ended. */
    released: async (tag: string, commit?: string): Promise<string> => {
      const execution = await tagged(tag, commit);
      await release.waitsForApproval(execution);
      await release.decide(execution, "Approved", release.approver("dev"), "As agreed");
      return release.ended(execution);
    },
    approve: (execution: Rehearsed) => release.decide(execution, "Approved", release.approver("dev"), "As agreed"),
    /** The messages about a tag, in order. */
    messages: (tag: string) => messagesIn(release.calls).filter(({ data }) => data.tag === tag),
    /** What people got messages about, in order. */
    kinds: (tag: string) =>
      messagesIn(release.calls)
        .filter(({ data }) => data.tag === tag)
        .map(({ data }) => data.kind),
    /** The last e-mail about a tag, with the names that mail programs would make links of as they are. */
    email: (tag: string): string =>
      (
        messagesIn(release.calls)
          .filter(({ data }) => data.tag === tag)
          .at(-1)?.email ?? ""
      )
        .replaceAll("[.]", ".")
        .replaceAll("[:]", ":"),
    /** What the ledger says is there now. */
    current: (team: string, scope = REGION) => ledger.current(place(team, scope)),
    /** Versions and outcomes of a place in the ledger, oldest first. */
    history: async (team: string, scope = REGION): Promise<string[]> =>
      (await ledger.historyOf(place(team, scope), 100))
        .map(({ version, outcome }) => `${version} ${outcome}`)
        .reverse(),
    /** The state of a team, as text; undefined where there is none. */
    state: async (team: string, scope = REGION): Promise<string | undefined> => {
      try {
        const { Body } = await new S3Client({ ...client, forcePathStyle: true }).send(
          new GetObjectCommand({
            Bucket: `palisade-state-dev-${release.account}-${REGION}`,
            Key: `${team}/dev-${scope}/terraform.tfstate`,
          }),
        );
        return Body?.transformToString();
      } catch (error) {
        if (error instanceof Error && error.name === "NoSuchKey") return undefined;
        throw error;
      }
    },
  };
}
