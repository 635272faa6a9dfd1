import { randomUUID } from "node:crypto";
import type { AwsError } from "./aws-error.ts";
import { type Model, shapeFromQuery } from "./model.ts";

export interface HttpRequest {
  method: string;
  /** Includes the query. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

/** The form of requests and answers on the wire. */
export interface Protocol {
  decode(request: HttpRequest, model: Model): { operation: string; input: unknown };
  encode(operation: string, output: unknown): HttpResponse;
  encodeError(error: AwsError): HttpResponse;
}

/** AWS JSON 1.0 and 1.1: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export const awsJson = (version: "1.0" | "1.1"): Protocol => {
  const answer = (status: number, content: unknown): HttpResponse => ({
    status,
    headers: { "content-type": `application/x-amz-json-${version}` },
    body: JSON.stringify(content),
  });
  return {
    decode: ({ headers, body }) => ({
      operation: headers["x-amz-target"]?.split(".")[1] ?? "",
      input: JSON.parse(body.toString() || "{}"),
    }),
    encode: (_operation, output) => answer(200, output),
    encodeError: ({ name, message, status, fields }) => answer(status, { __type: name, message, ...fields }),
  };
};

/** AWS query: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export const awsQuery = (): Protocol => {
  const answer = (status: number, body: string): HttpResponse => ({
    status,
    headers: { "content-type": "text/xml" },
    body,
  });
  return {
    decode: ({ body }, model) => {
      const parameters = new URLSearchParams(body.toString());
      const operation = parameters.get("Action") ?? "";
      const shape = Object.hasOwn(model.operations, operation) ? model.operations[operation]?.input : undefined;
      return { operation, input: shape ? (shapeFromQuery(shape, "", parameters) ?? {}) : {} };
    },
    encode: (operation, output) =>
      answer(200, xml(`${operation}Response`, { [`${operation}Result`]: output, ResponseMetadata: metadata() })),
    encodeError: ({ name, message, status }) =>
      answer(
        status,
        xml("ErrorResponse", {
          Error: { Type: status >= 500 ? "Receiver" : "Sender", Code: name, Message: message },
          ...metadata(),
        }),
      ),
  };
};

/** What every XML answer holds. */
export const metadata = () => ({ RequestId: randomUUID() });

/** Writes an XML element with its members. */
export function xml(name: string, value: unknown): string {
  const content =
    typeof value === "object" && value !== null
      ? Object.entries(value)
          .map(([member, inner]) => xml(member, inner))
          .join("")
      : String(value).replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<${name}>${content}</${name}>`;
}
