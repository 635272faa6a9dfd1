/** The account of the local AWS. */
export const ACCOUNT = "111122223333";
export const REGION = "us-east-1";

export const topicArn = (name: string): string => `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`;
