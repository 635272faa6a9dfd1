import { Console } from "node:console";
import { Writable } from "node:stream";
import { Logger } from "@aws-lambda-powertools/logger";

/** A line of a log: a constant sentence and fields. */
export type LogLine = { level: string; message: string } & Record<string, unknown>;

/** The logger of a function as Lambda runs it, and the lines that it has written. */
export function recordingLogger(functionName: string): { logger: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const logger = new Logger({ serviceName: functionName });
  // Powertools has no other way to write anywhere but to the log of the process.
  Object.assign(logger, { console: new Console(stream) });
  return { logger, lines };
}
