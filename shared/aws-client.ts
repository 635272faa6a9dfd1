import type { MiddlewareStack } from "@smithy/types";
import type { Platform } from "./platform.ts";

/** How often a client tries a call. */
export const MAX_ATTEMPTS = 4;

/**
 * The configuration of an AWS client. By default an attempt takes 6 s at most, and four together stay below the 60 s of a
 * processor.
 *
 * @param requestTimeout milliseconds
 */
export const clientConfiguration = (
  { client }: Pick<Platform, "client"> = {},
  { maxAttempts = MAX_ATTEMPTS, requestTimeout = 5_000 } = {},
) => ({
  retryMode: "standard",
  maxAttempts,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout,
    // Otherwise the SDK only logs a warning when the time is up.
    throwOnRequestTimeout: true,
  },
  ...client?.(maxAttempts),
});

/**
 * Makes the errors of a client name the call and the resource. AWS itself often says no more than
 * `Requested resource not found`. Name and class of the error stay.
 *
 * @param resource such as `table hostnames`
 */
export function namingResource<Input extends object, Output extends object, Client extends ClientOf<Input, Output>>(
  client: Client & ClientOf<Input, Output>,
  resource: string,
): Client {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (request) => {
        try {
          return await next(request);
        } catch (error) {
          if (error instanceof Error) error.message = `${commandName} on ${resource} failed: ${error.message}`;
          throw error;
        }
      },
    { step: "initialize", name: "namingResource" },
  );
  return client;
}

interface ClientOf<Input extends object, Output extends object> {
  middlewareStack: MiddlewareStack<Input, Output>;
}
