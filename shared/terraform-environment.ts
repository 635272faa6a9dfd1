import { mkdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * For a Terraform that only asks providers for their schemas, or plans what needs no account: AWS knows nobody.
 *
 * @param folder where no such files are
 */
export const withoutAccount = (folder: string) => ({
  AWS_CONFIG_FILE: join(folder, "no-configuration"),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, "no-credentials"),
  AWS_EC2_METADATA_DISABLED: "true",
});

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
