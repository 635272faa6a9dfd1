/**
 * What every AWS client is made with. Times are milliseconds: the worst case of all attempts (4 times 6 s, and
 * back-off) stays below the 60 s that a processor has.
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
