import { Metrics } from "@aws-lambda-powertools/metrics";

/** The metrics of one function: CloudWatch embedded metric format, namespace `Palisade`, dimension `service`. */
export const createMetrics = (functionName: string): Metrics =>
  new Metrics({ namespace: "Palisade", serviceName: functionName });
