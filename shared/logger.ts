import { Logger } from "@aws-lambda-powertools/logger";

/**
 * The logger of one function. A log line is a constant sentence plus fields; a field never holds a body, a secret or
 * text from outside that has not been checked. POWERTOOLS_LOG_LEVEL sets the level.
 */
export const createLogger = (functionName: string): Logger => new Logger({ serviceName: functionName });
