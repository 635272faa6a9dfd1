import { isSessionOf } from "../../shared/role-session.ts";

/**
 * Whether an ARN of a caller is of one of these principals: a user itself, or a session of a role. No two roles of an account have
 * one name.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 *
 * @param arn as AWS gives it: `arn:aws:sts::111122223333:assumed-role/<name>/<session>` or `arn:aws:iam::111122223333:user/<name>`
 * @param principals ARNs of roles and users, with their paths
 */
export const isPrincipal = (arn: string, principals: readonly string[]): boolean =>
  principals.some((principal) =>
    /^arn:[\w-]+:iam::\d{12}:role\//.test(principal) ? isSessionOf(arn, principal) : arn === principal,
  );
