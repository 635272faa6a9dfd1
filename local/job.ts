import type { History } from "./git/history.ts";
import type { Pipeline } from "./services/codepipeline/codepipeline.ts";
import type { Tables } from "./services/dynamodb/dynamodb.ts";

/** What one function has in the account: a file `world/<function>.ts` exports it as `job`. */
export interface Job {
  /** As its Terraform would set them. */
  settings: Readonly<Record<string, string>>;
  /** ARNs. */
  topics?: readonly string[];
  tables?: Tables;
  buckets?: readonly string[];
  pipelines?: readonly Pipeline[];
  /** Sample repositories by name. */
  repositories?: Readonly<Record<string, History>>;
}
