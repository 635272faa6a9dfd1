import type { Logger } from "@aws-lambda-powertools/logger";
import type { Metrics } from "@aws-lambda-powertools/metrics";
import type { AwsCredentialIdentity, RetryStrategyV2 } from "@smithy/types";

/** The part of a client's configuration that depends on the platform. */
export interface ClientLocation {
  endpoint?: string;
  region?: string;
  credentials?: AwsCredentialIdentity;
  retryStrategy?: RetryStrategyV2;
}

/** Where a processor runs. `index.ts` describes Lambda; tests describe the local AWS. */
export interface Platform {
  /**
   * Where the AWS clients find AWS. Lambda leaves it out: the SDK reads endpoint, region and credentials from the
   * environment.
   *
   * @param maxAttempts how often a client tries a call
   */
  client?: (maxAttempts: number) => ClientLocation;
  logger: Logger;
  metrics: Metrics;
  /** The clock (epoch, ms). */
  now: () => number;
}

/** Where a processor runs that waits between attempts. */
export interface WaitingPlatform extends Platform {
  wait: (milliseconds: number) => Promise<void>;
  /** A number from 0 to 1. */
  random: () => number;
}
