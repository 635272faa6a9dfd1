import type { History } from "./git/history.ts";
import type { Pipeline } from "./services/codepipeline/execution.ts";
import type { Tables } from "./services/dynamodb/dynamodb.ts";
import type { JsonObject } from "./services/s3/s3.ts";

/** The part of the account that one function needs. A file `world/<function>.ts` exports it as `job`. */
export interface Job {
  /** The environment variables that its Terraform would set. */
  settings: Readonly<Record<string, string>>;
  /** ARNs. */
  topics?: readonly string[];
  tables?: Tables;
  buckets?: readonly string[];
  /** Objects that its Terraform would write. */
  objects?: readonly JsonObject[];
  pipelines?: readonly Pipeline[];
  /** Sample repositories by name. */
  repositories?: Readonly<Record<string, History>>;
}
