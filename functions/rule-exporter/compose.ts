import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { S3Client } from "@aws-sdk/client-s3";
import { clientConfiguration, namingResource } from "../../shared/aws-client.ts";
import { eventHandler } from "../../shared/event-handler.ts";
import type { Platform } from "../../shared/platform.ts";
import { createStoreCode } from "./code-store.ts";
import { createEstateRepository } from "./estate-repository.ts";
import { createHandler } from "./handler.ts";
import type { EstateTemplates } from "./layout.ts";
import { createRulesRepository } from "./rules-repository.ts";
import type { Settings } from "./settings.ts";

/**
 * Wires the function; `index.ts` and the tests use it alike.
 *
 * @param platform where it runs, with the region of the target repository and the contents of the Terraform files
 */
export function compose(settings: Settings, platform: Platform & { region: string; templates: EstateTemplates }) {
  const { CODE_BUCKET: bucket, TARGET_REPOSITORY: targetRepository, TARGET_FOLDER: targetFolder } = settings;
  const rulesClient = new CodeCommitClient(clientConfiguration(platform));
  const targetClient = new CodeCommitClient(clientConfiguration(platform));
  // The zip of a rule may have 50 MB.
  const s3 = new S3Client(clientConfiguration(platform, { maxAttempts: 2, requestTimeout: 20_000 }));
  return eventHandler(
    platform,
    createHandler({
      rules: createRulesRepository(namingResource(rulesClient, "the repository of the rules")),
      storeCode: createStoreCode(namingResource(s3, `bucket ${bucket}`), bucket),
      estate: createEstateRepository({
        codecommit: namingResource(targetClient, `repository ${targetRepository}`),
        repository: targetRepository,
        branch: settings.TARGET_BRANCH,
        folder: targetFolder,
      }),
      ...platform,
      options: settings.EXPORT_OPTIONS,
      bucket,
      targetRepository,
      targetFolder,
    }),
  );
}
