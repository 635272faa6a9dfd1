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
