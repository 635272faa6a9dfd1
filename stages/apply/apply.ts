import { join } from "node:path";
import { checkOut } from "../../shared/checkout.ts";
import type { Ending, Stage } from "../../shared/stage.ts";

export async function apply({ release, commitId, folder, configuration, run }: Stage): Promise<Ending> {
  await checkOut({ run, tag: release.tag, commitId, folder: join(folder, "repository") }, configuration.repository);
  return { outcome: "succeeded", sentence: "Checked out." };
}
