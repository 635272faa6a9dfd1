import { mkdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * The environment of every Terraform in a build: it asks nobody, and takes providers from the cache of the build.
 *
 * @param folder the folder of the build
 */
export async function terraformEnvironment(folder: string) {
  const plugins = join(folder, "cache", "plugins");
  await mkdir(plugins, { recursive: true });
  return {
    TF_IN_AUTOMATION: "true",
    TF_INPUT: "0",
    CHECKPOINT_DISABLE: "true",
    TF_PLUGIN_CACHE_DIR: plugins,
  };
}
