import { dirname } from "node:path";
import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { createWorld } from "../../local/world.ts";
import { localClient } from "./local-client.ts";
import { workOn } from "./work-on.ts";

/** A local CodeCommit with its own copy of a sample repository, which plain git reads and changes. */
export async function createRepositoryWorld(repositoryName: string) {
  const world = await createWorld();
  return {
    client: new CodeCommitClient(localClient(world.endpoint)),
    ...workOn(dirname(await world.repositoryFolder(repositoryName)), repositoryName),
    close: world.close,
  };
}
