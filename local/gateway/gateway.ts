import { createServer, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { AwsError } from "./aws-error.ts";
import { listen } from "./loopback.ts";
import type { HttpRequest, HttpResponse, Protocol } from "./protocols.ts";

/** One AWS service. To add one: write this, and list it in `world.ts`. */
export interface Service {
  /** As `calls` and `--fail` name it: `SNS`. */
  name: string;
  /** As a signed request names it, in the scope of its credential: `sns`. */
  signingName: string;
  protocol: Protocol;
  /** The operations that it serves, where that is known. */
  operations?: readonly string[];
  /** @throws AwsError for everything that AWS refuses */
  perform(operation: string, input: unknown): Promise<unknown>;
  close?(): Promise<void>;
}

/** One request that a function made, in the order in which they came. Retries of the SDK are calls of their own. */
export interface Call {
  service: string;
  operation: string;
  input: unknown;
  error: { name: string; message: string } | null;
}

/** The next `remaining` calls of an operation fail. Service and operation are compared without regard to case. */
export interface Fault {
  service: string;
  operation: string;
  errorName: string;
  remaining: number;
  /** How many calls go well before. */
  skip?: number;
}

export interface Gateway {
  endpoint: string;
  /** Every call until now. */
  calls: readonly Call[];
  close(): Promise<void>;
}

/**
 * Serves the services on one loopback port and keeps a record of every call.
 *
 * @param faults counted down as they happen
 */
export async function gateway(services: readonly Service[], faults: readonly Fault[]): Promise<Gateway> {
  const calls: Call[] = [];
  const aimless = faults.find((fault) => !services.some(({ name }) => same(name, fault.service)));
  if (aimless) {
    await closeAll(services);
    throw new Error(`There is no service ${aimless.service} here: ${services.map(({ name }) => name).join(", ")}.`);
  }
  for (const { service, operation } of faults) {
    const { name, operations } = services.find((candidate) => same(candidate.name, service)) ?? {};
    if (!operations || operations.some((served) => same(served, operation))) continue;
    await closeAll(services);
    throw new Error(`${name} has no operation ${operation} here: ${operations.join(", ")}.`);
  }

  async function answer(request: HttpRequest): Promise<HttpResponse> {
    const signingName = /Credential=[^/]*\/\d*\/[^/]*\/([^/]*)\//.exec(request.headers.authorization ?? "")?.[1];
    const service = services.find((candidate) => candidate.signingName === signingName);
    if (!service)
      return { status: 501, headers: {}, body: `The local AWS does not serve ${signingName ?? "unsigned requests"}.` };

    const { operation, input } = service.protocol.decode(request);
    const call: Call = { service: service.name, operation, input, error: null };
    calls.push(call);
    try {
      const fault = faults.find(
        (candidate) =>
          candidate.remaining > 0 && same(candidate.service, service.name) && same(candidate.operation, operation),
      );
      if (fault?.skip) fault.skip -= 1;
      else if (fault) {
        fault.remaining -= 1;
        throw new AwsError(fault.errorName, "A fault that this run was asked for.");
      }
      return service.protocol.encode(operation, await service.perform(operation, input));
    } catch (error) {
      const refusal = error instanceof AwsError ? error : new AwsError("InternalFailure", String(error));
      call.error = { name: refusal.name, message: refusal.message };
      return service.protocol.encodeError(refusal);
    }
  }

  const server = createServer(async (request, response) => {
    try {
      const { method = "", url: path = "" } = request;
      const { status, headers, body } = await answer({
        method,
        path,
        headers: headersOf(request),
        body: await buffer(request),
      });
      response.writeHead(status, headers).end(body);
    } catch (error) {
      // A request that no service can read, or one that its client gave up.
      response.writeHead(400).end(String(error));
    }
  });

  return {
    endpoint: await listen(server),
    calls,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await closeAll(services);
    },
  };
}

const closeAll = (services: readonly Service[]) => Promise.all(services.map((service) => service.close?.()));

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const headersOf = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
