import type { Model } from "./model.ts";
import type { Protocol } from "./protocols.ts";

/** Who makes a call. */
export interface Caller {
  /** Of the credentials that signed the request. */
  accessKeyId: string;
}

/**
 * Serves one call of a service.
 *
 * @param input the gateway has checked it against the model
 * @returns the output, as the service's API reference describes it
 * @throws AwsError where AWS refuses the call
 */
export type Operation = (input: unknown, caller: Caller) => unknown;

/** One AWS service. `local/README.md` says how to add one. */
export interface Service {
  /** As `calls` and `--fail` name it: `SNS`. */
  name: string;
  /** As a signed request names it, in the scope of its credential: `sns`. */
  signingName: string;
  protocol: Protocol;
  model: Model;
  /** The error by which the service refuses an input that breaks the constraints of the model. */
  invalidInput: string;
  /** By name; the model has the same names. */
  operations: Readonly<Record<string, Operation>>;
  /** Ends what its first request started. */
  close?(): Promise<void>;
}
