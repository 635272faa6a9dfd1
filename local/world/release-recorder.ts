import { ACCOUNT, REGION, topicArn } from "../account.ts";
import type { Job } from "../job.ts";

const TABLE_NAME = "palisade-releases";

const ENVIRONMENTS = ["dev", "qa", "staging", "prod"].map((name) => ({
  name,
  pipeline: `${name}-infrastructure`,
  artifactBucket: `palisade-artifacts-${name}-${ACCOUNT}-${REGION}`,
  approval: name === "dev" ? null : { roleArn: `arn:aws:iam::${ACCOUNT}:role/palisade-approve-${name}`, days: 2 },
}));

// The pipelines and the topic are in the world of pipeline-starter.
export const job: Job = {
  settings: {
    ENVIRONMENTS: JSON.stringify(
      Object.fromEntries(ENVIRONMENTS.map(({ name, ...environment }) => [name, environment])),
    ),
    ACCOUNT_ID: ACCOUNT,
    TABLE_NAME,
    TOPIC_ARN: topicArn("releases"),
  },
  tables: { [TABLE_NAME]: ["pk", "sk"] },
  buckets: ENVIRONMENTS.map(({ artifactBucket }) => artifactBucket),
};
