/**
 * The runtimes of Lambda that rules are written for: the day from which AWS does not support them, and the day from which
 * it creates no function with them. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
const RUNTIMES: Readonly<Record<string, readonly [deprecated: string, blocked: string]>> = {
  "python2.7": ["2021-07-15", "2022-02-14"],
  "python3.6": ["2022-07-18", "2022-08-17"],
  "python3.7": ["2023-12-04", "2027-02-01"],
  "python3.8": ["2024-10-14", "2027-02-01"],
  "python3.9": ["2025-12-15", "2027-02-01"],
  "python3.10": ["2026-10-31", "2027-02-01"],
  "python3.11": ["2027-06-30", "2027-07-31"],
  "python3.12": ["2028-10-31", "2028-11-30"],
  "python3.13": ["2029-06-30", "2029-07-31"],
  "python3.14": ["2029-06-30", "2029-07-31"],
  "nodejs20.x": ["2026-04-30", "2027-02-01"],
  "nodejs22.x": ["2027-04-30", "2027-06-01"],
  "nodejs24.x": ["2028-04-30", "2028-06-01"],
  java8: ["2024-01-08", "2024-02-08"],
};

/** A runtime as AWS names it, and whether the rule needs the layer with rdklib, which the RDK marks by `-lib`. */
export const plainRuntime = (runtime: string): { runtime: string; rdklib: boolean } => ({
  runtime: runtime.replace(/-lib$/, ""),
  rdklib: runtime.endsWith("-lib"),
});

/**
 * The problem of a runtime.
 *
 * @param today such as `2026-11-23`
 * @returns undefined where there is none
 */
export function runtimeFault(
  runtime: string,
  today: string,
): { severity: "error" | "warning"; message: string } | undefined {
  const [deprecated, blocked] = (Object.hasOwn(RUNTIMES, runtime) && RUNTIMES[runtime]) || [];
  const step = "Write another one, or export with --runtime.";
  if (deprecated === undefined || blocked === undefined)
    return {
      severity: "error",
      message: `is no runtime that Lambda has for rules: ${Object.keys(RUNTIMES).join(", ")}. ${step}`,
    };
  if (today >= blocked)
    return {
      severity: "error",
      message: `${runtime} is retired: AWS has created no function with it since ${blocked}. ${step}`,
    };
  if (today >= deprecated)
    return {
      severity: "warning",
      message: `${runtime} has not been supported since ${deprecated}; AWS will create no function with it from ${blocked} on. ${step}`,
    };
  return undefined;
}
