import { Metrics } from "@aws-lambda-powertools/metrics";

/**
 * The metrics of one function: CloudWatch embedded metric format, namespace `Palisade`, dimension `service`.
 *
 * @param functionName its name in Lambda, which tells two deployments in one region apart
 */
export const createMetrics = (functionName: string): Metrics =>
  new Metrics({ namespace: "Palisade", serviceName: functionName });
