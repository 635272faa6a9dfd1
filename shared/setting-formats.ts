import * as z from "zod";

// Formats of settings that several functions have.

export const topicArn = z
  .string()
  .regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]{1,256}$/, "must be the ARN of a standard SNS topic");

export const tableName = z.string().regex(/^[\w.-]{3,255}$/, "must be the name of a DynamoDB table");

export const accountId = z.string().regex(/^\d{12}$/, "must be the id of an account: 12 digits");

export const repositoryArn = z
  .string()
  .regex(/^arn:[\w-]+:codecommit:[\w-]+:\d{12}:[\w.-]{1,100}$/, "must be the ARN of a CodeCommit repository");

export const repositoryName = z
  .string()
  .regex(/^(?!\.+$)[\w.-]{1,100}$/, "must be the name of a CodeCommit repository");

/** The name of a pipeline or of one of its actions. */
export const pipelineName = z
  .string()
  .regex(/^[A-Za-z0-9.@_-]{1,100}$/, "must be a name of 1 to 100 of A-Z a-z 0-9 . @ _ -");

/** The name of a branch, without `refs/heads/`. It refuses names that git or CodeCommit would read as something else. */
export const branchName = z
  .string()
  .regex(
    /^(?!refs\/|HEAD$|[0-9a-f]{40}$)(?!.*(\/\/|\.\.|\/\.|\.lock(\/|$)))[\w][\w./-]{0,255}(?<![./])$/,
    "must be the name of a branch, without refs/heads/",
  );

export const roleArn = z
  .string()
  .regex(/^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, "must be the ARN of a role");

export const externalId = z.string().regex(/^[\w+=,.@:/-]{2,1224}$/, "must be an external id");

/** A role, and the external id that its trust policy asks for. */
export const assumableRole = z.strictObject({ roleArn, externalId });
export type AssumableRole = z.output<typeof assumableRole>;

export const bucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be the name of a bucket");

export const kmsKeyArn = z.string().regex(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/, "must be the ARN of a KMS key");

export const ruleArn = z
  .string()
  .regex(/^arn:[\w-]+:events:[\w-]+:\d{12}:rule\/[\w./-]{1,128}$/, "must be the ARN of an event rule");

export const workloadName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "must be a name of 1 to 32 of a-z 0-9 -");

export const repositoryUrl = z.url({ protocol: /^https$/ });

/** A file or folder of a repository; `.` is its top. */
export const repositoryPath = z
  .string()
  .regex(
    /^(\.|(?!\.{0,2}(\/|$))[\w.@ -]+(\/(?!\.{0,2}(\/|$))[\w.@ -]+)*)$/,
    "must be a path in the repository, without . and ..",
  );

/** The key of a Terraform state in its bucket. */
export const stateKey = z.string().regex(/^[\w.-][\w./-]{0,1000}$/, "must be the key of a state");

/** A setting that is written as JSON. */
export const jsonSetting = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue("must be JSON");
        return z.NEVER;
      }
    })
    .pipe(schema);
