import http from "node:http";
import { buffer } from "node:stream/consumers";
import type { HttpRequest, HttpResponse } from "./protocols.ts";
import type { Service } from "./service.ts";

/** Another AWS, to which the gateway passes the requests for services that it does not serve. */
export interface Elsewhere {
  /** What a request asks for, as far as the request shows it. */
  read(request: HttpRequest, signingName: string): { service: string; operation: string; input: unknown };
  /** The answer of the other AWS, byte for byte, and the error that it holds. */
  pass(request: HttpRequest): Promise<{ response: HttpResponse; error: { name: string; message: string } | null }>;
}

/** How requests for a service are read. */
export type ReadableService = Pick<Service, "name" | "signingName" | "protocol" | "model">;

/** Headers of one connection, which are not for the next one: https://www.rfc-editor.org/rfc/rfc9110#name-connection */
const OF_CONNECTION = new Set(["connection", "keep-alive", "transfer-encoding", "host", "expect"]);

/**
 * @param endpoint the address of the other AWS
 * @param readable the services whose inputs the record of calls shows whole; of others it has the operation
 */
export const elsewhere = (endpoint: string, readable: readonly ReadableService[]): Elsewhere => ({
  read: (request, signingName) => {
    const service = readable.find((candidate) => candidate.signingName === signingName);
    return service
      ? { service: service.name, ...service.protocol.decode(request, service.model) }
      : { service: signingName, ...operationOf(request) };
  },
  pass: (request) =>
    new Promise((resolve, reject) => {
      const { method, path, body } = request;
      const headers = { ...endToEnd(request.headers), "content-length": body.length };
      const sent = http.request(new URL(path, endpoint), { method, headers }, async (answer) => {
        try {
          const bytes = await buffer(answer);
          const status = answer.statusCode ?? 502;
          const response = {
            status,
            headers: Object.fromEntries(
              Object.entries(endToEnd(answer.headers)).map(([name, value]) => [name, String(value)]),
            ),
            body: bytes,
          };
          resolve({ response, error: status < 400 ? null : errorIn(bytes.toString(), status) });
        } catch (error) {
          reject(error);
        }
      });
      sent.on("error", reject);
      sent.end(body);
    }),
});

/** The operation that a request names, by the protocol that it has; for REST method and path. */
function operationOf({ method, path, headers, body }: HttpRequest): { operation: string; input: unknown } {
  const target = headers["x-amz-target"]?.split(".").at(-1);
  if (target !== undefined) return { operation: target, input: jsonIn(body.toString()) };
  if (headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
    const { Action = "", ...input } = Object.fromEntries(new URLSearchParams(body.toString()));
    return { operation: Action, input };
  }
  return { operation: `${method} ${path}`, input: {} };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** The code and message of an error in JSON or XML. */
function errorIn(text: string, status: number): { name: string; message: string } {
  const field = (...names: string[]) =>
    names
      .map((name) => new RegExp(`"${name}"\\s*:\\s*"([^"]*)"|<${name}>([^<]*)<`, "i").exec(text))
      .flatMap((found) => found?.[1] ?? found?.[2] ?? [])[0];
  return { name: field("__type", "Code")?.split("#").at(-1) ?? String(status), message: field("message") ?? "" };
}

const endToEnd = <Value>(headers: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_CONNECTION.has(name)));
