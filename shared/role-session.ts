/**
 * Whether an ARN is one of a session of a role: `arn:aws:sts::111122223333:assumed-role/NAME/SESSION`. Partition and account are
 * compared too. The path of a role does not appear in it.
 *
 * @param roleArn such as `arn:aws:iam::111122223333:role/path/NAME`
 */
export function isSessionOf(arn: string, roleArn: string): boolean {
  const [, partition, , , account, role = ""] = roleArn.split(":");
  const name = role.split("/").at(-1);
  const prefix = `arn:${partition}:sts::${account}:assumed-role/${name}/`;
  return arn.startsWith(prefix) && /^[\w+=,.@-]+$/.test(arn.slice(prefix.length));
}
