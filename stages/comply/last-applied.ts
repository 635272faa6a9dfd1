import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { clientConfiguration, namingResource } from "../../shared/aws-client.ts";
import { sessionName } from "../../shared/aws-profiles.ts";
import type { ReleasedWorkload } from "../../shared/guardrail-configuration.ts";
import { createLedger } from "../../shared/ledger.ts";

/** The commit of a released workload that was applied last, by its ledger; undefined before the first release. */
export async function lastApplied(
  { ledgerTable, region, role, environment, team, scope }: ReleasedWorkload,
  workload: string,
): Promise<string | undefined> {
  const sts = namingResource(new STSClient(clientConfiguration()), role.roleArn);
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: role.roleArn,
      ExternalId: role.externalId,
      RoleSessionName: sessionName(workload),
      DurationSeconds: 900,
    }),
  );
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = Credentials ?? {};
  if (!accessKeyId || !secretAccessKey || !sessionToken) throw new Error(`${role.roleArn} gave no session.`);
  const dynamodb = new DynamoDBClient({
    ...clientConfiguration(),
    region,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  });
  const ledger = createLedger(namingResource(dynamodb, `table ${ledgerTable}`), ledgerTable);
  return (await ledger.current({ environment, team, scope }))?.commitId;
}
