import { Logger } from "@aws-lambda-powertools/logger";

/**
 * The logger of one function. A log line is a constant sentence and fields. A field never holds a body, a secret or
 * unchecked text from outside. POWERTOOLS_LOG_LEVEL sets the level.
 */
export const createLogger = (functionName: string): Logger => new Logger({ serviceName: functionName });
