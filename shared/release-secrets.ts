import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { clientConfiguration } from "./aws-client.ts";
import { type Mask, SHORTEST_SECRET } from "./masked-text.ts";
import { Refusal } from "./refusal.ts";
import type { Workload } from "./workload.ts";

/**
 * Reads the secrets of a workload with the role of the build.
 *
 * @param mask learns each value before anything can show it
 * @returns variables of the environment, such as `TF_VAR_password`
 * @throws Refusal for a secret that is too short to be masked
 */
export async function readSecrets(
  { secrets, words }: Pick<Workload, "secrets" | "words">,
  mask: Mask,
): Promise<Record<string, string>> {
  const values = await Promise.all(
    Object.entries(secrets).map(async ([variable, arn]) => {
      const value = await secretOf(arn).catch((error) => {
        throw new Error(`The secret of the variable ${variable} could not be read from ${arn}: ${error.message}`);
      });
      if (!value) throw new Error(`The secret of the variable ${variable} has no text: ${arn}`);
      if (value.length < SHORTEST_SECRET)
        throw new Refusal(
          `The secret of the variable ${variable} is shorter than ${SHORTEST_SECRET} characters: it cannot be hidden in what people read.`,
          `Give ${arn} a longer value, or take it out of the configured secrets. Then ${words.push}.`,
        );
      mask.add(value);
      return [`TF_VAR_${variable}`, value];
    }),
  );
  return Object.fromEntries(values);
}

/** The region of a secret may be another one than the build's. */
async function secretOf(arn: string): Promise<string | undefined> {
  const [, , service, region = ""] = arn.split(":");
  const configuration = { ...clientConfiguration(), region };
  if (service === "secretsmanager")
    return (await new SecretsManagerClient(configuration).send(new GetSecretValueCommand({ SecretId: arn })))
      .SecretString;
  const { Parameter } = await new SSMClient(configuration).send(
    new GetParameterCommand({ Name: arn, WithDecryption: true }),
  );
  return Parameter?.Value;
}
