/** The account of the local AWS. */
export const ACCOUNT = "111122223333";
export const REGION = "us-east-1";

export const topicArn = (name: string): string => `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`;

/** Who calls, where no credentials say it. */
export const DEVELOPER = `arn:aws:sts::${ACCOUNT}:assumed-role/Developer/local`;
