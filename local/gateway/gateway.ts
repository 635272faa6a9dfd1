import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { AwsError } from "./aws-error.ts";
import type { Elsewhere } from "./elsewhere.ts";
import { type Fault, refuseUnknownFaults, takeFault } from "./faults.ts";
import { listen } from "./loopback.ts";
import { validateInput } from "./model.ts";
import type { HttpRequest, HttpResponse } from "./protocols.ts";
import type { Caller, Service } from "./service.ts";

/** One request of a function. Each retry of the SDK is a call. */
export interface Call {
  service: string;
  operation: string;
  input: unknown;
  error: { name: string; message: string } | null;
  /** The fault that the call met. */
  fault?: Fault["kind"];
  /** Who made the call, of a gateway that passes calls on: its callers have credentials of their own. */
  caller?: Caller;
}

export interface Gateway {
  endpoint: string;
  services: readonly Service[];
  /** Every call until now, in the order in which they came. */
  calls: readonly Call[];
  /** Waits for the calls that are being served: calls of an invocation that crashed or timed out may still take effect. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface GatewayOptions {
  /** The gateway counts them down. A caller may add faults later. */
  faults?: readonly Fault[];
  /** Ends the invocation that made a call, for the fault `crash-after`. */
  crash?: () => Promise<void>;
  /** Runs right before a call is served, for tests that change something between two calls of a function. */
  before?: (call: Call) => void | Promise<void>;
  /** Another AWS, which serves what the services do not. */
  elsewhere?: Elsewhere;
}

/**
 * Serves the services on one loopback port and keeps a record of every call.
 *
 * @throws Error for a fault of an unknown service or operation
 */
export async function gateway(
  services: readonly Service[],
  { faults = [], crash, before, elsewhere: other }: GatewayOptions = {},
): Promise<Gateway> {
  refuseUnknownFaults(faults, services);
  const calls: Call[] = [];
  const served = new Set<Promise<void>>();
  let crashing = false;

  /** The answer to a request; `cut` ends the connection without one, `none` keeps it open for good. */
  async function answer(request: HttpRequest): Promise<HttpResponse | "cut" | "none"> {
    const [, accessKeyId = "", signingName = ""] =
      /Credential=([^/]*)\/\d*\/[^/]*\/([^/]*)\//.exec(request.headers.authorization ?? "") ?? [];
    const caller: Caller = { accessKeyId };
    const service = services.find((candidate) => candidate.signingName === signingName);
    if (!service && other && signingName !== "") {
      const call: Call = { ...other.read(request, signingName), error: null, caller };
      calls.push(call);
      await before?.(call);
      const passed = await other.pass(request);
      call.error = passed.error;
      return passed.response;
    }
    if (!service)
      return { status: 501, headers: {}, body: `The local AWS does not serve ${signingName || "unsigned requests"}.` };

    const { name, protocol, model } = service;
    const { operation, input } = protocol.decode(request, model);
    // The other calls of an invocation that crashes are not the next ones that the user meant.
    const fault = crashing ? undefined : takeFault(faults, name, operation);
    if (fault?.kind === "crash-after") crashing = true;
    const call: Call = {
      service: name,
      operation,
      input,
      error: null,
      ...(fault && { fault: fault.kind }),
      ...(other && { caller }),
    };
    calls.push(call);
    if (fault?.kind === "hang") return "none";
    let response: HttpResponse;
    try {
      await before?.(call);
      if (fault?.kind === "fail") throw new AwsError(fault.errorName, "The run asked for this fault.");
      response = protocol.encode(operation, await serve(service, operation, input, caller));
    } catch (error) {
      const refusal = error instanceof AwsError ? error : new AwsError("InternalFailure", String(error));
      call.error = { name: refusal.name, message: refusal.message };
      response = protocol.encodeError(refusal);
    }
    if (fault?.kind === "crash-after") {
      await crash?.();
      // Nothing that the process had sent may arrive in the next invocation.
      server.closeAllConnections();
      crashing = false;
    }
    return fault?.kind === "lose" || fault?.kind === "crash-after" ? "cut" : response;
  }

  async function serveRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { method = "", url: path = "" } = request;
      const answered = await answer({ method, path, headers: headersOf(request), body: await buffer(request) });
      if (answered === "cut") request.socket.destroy();
      else if (answered !== "none") response.writeHead(answered.status, answered.headers).end(answered.body);
    } catch (error) {
      // The service cannot read the request, or the client gave it up.
      response.writeHead(400).end(String(error));
    }
  }

  const server = createServer((request, response) => {
    const serving = serveRequest(request, response);
    served.add(serving);
    serving.finally(() => served.delete(serving));
  });

  return {
    endpoint: await listen(server),
    services,
    calls,
    idle: async () => {
      while (served.size > 0) await Promise.all(served);
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await Promise.all(services.map((service) => service.close?.()));
    },
  };
}

/** Checks the input of a call against the model, and hands it to the operation. */
async function serve(
  { name, model, invalidInput, operations }: Service,
  operation: string,
  input: unknown,
  caller: Caller,
) {
  const perform = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  const shape = perform && model.operations[operation]?.input;
  if (!perform || !shape)
    throw new AwsError("UnknownOperationException", `The local AWS has no operation ${operation} of ${name}.`);
  validateInput(shape, input, invalidInput);
  return await perform(input, caller);
}

const headersOf = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
