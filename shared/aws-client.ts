import type { MiddlewareStack } from "@smithy/types";

/**
 * What every AWS client is made with. Times are milliseconds: an attempt gets 6 s at the most, and the four together
 * stay below the 60 s that a processor has.
 */
export const clientConfiguration = {
  retryMode: "standard",
  maxAttempts: 4,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    // Without this the SDK only logs a warning when the time is up.
    throwOnRequestTimeout: true,
  },
};

/**
 * Makes the errors of a client say which call failed and on what: the service's own words are often no more than
 * `Requested resource not found`. Name and class of the error stay.
 *
 * @param resource what the client works on, such as `table hostnames`
 */
export function named<Input extends object, Output extends object, Client extends ClientOf<Input, Output>>(
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
    { step: "initialize", name: "named" },
  );
  return client;
}

interface ClientOf<Input extends object, Output extends object> {
  middlewareStack: MiddlewareStack<Input, Output>;
}
