import * as z from "zod";
import { metadata, type Protocol, xml } from "../../gateway/protocols.ts";

/** Headers that carry members of an input. */
const FROM_HEADERS: Readonly<Record<string, string>> = {
  "if-none-match": "IfNoneMatch",
  "content-type": "ContentType",
  "x-amz-checksum-sha256": "ChecksumSHA256",
};

/** What GetObject answers. */
const storedObject = z.object({ Body: z.string(), LastModified: z.date() });

/**
 * REST XML as S3 has it, with bucket and key in the path. The SDK names most operations in the query, as `x-id`; a query
 * such as `tagging` makes another operation of the same method.
 * https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
 */
export const s3Protocol: Protocol = {
  decode: ({ method, path, headers, body }) => {
    const { pathname, searchParams } = new URL(path, "http://localhost");
    const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/.exec(pathname) ?? [];
    const id = searchParams.get("x-id");
    searchParams.delete("x-id");
    const isPlainPut =
      method === "PUT" && key !== "" && searchParams.size === 0 && headers["x-amz-copy-source"] === undefined;
    const members = Object.entries(FROM_HEADERS).flatMap(([header, member]) =>
      headers[header] === undefined ? [] : [[member, headers[header]]],
    );
    return {
      operation: id ?? (isPlainPut ? "PutObject" : `${method} ?${searchParams}`),
      input: {
        Bucket: bucket,
        Key: decodeURIComponent(key),
        ...Object.fromEntries(members),
        ...(method !== "GET" && { Body: body.toString("base64") }),
      },
    };
  },
  encode: (operation, output) => {
    if (operation !== "GetObject") return { status: 200, headers: {}, body: "" };
    const { Body, LastModified } = storedObject.parse(output);
    return {
      status: 200,
      headers: { "content-length": String(Buffer.byteLength(Body)), "last-modified": LastModified.toUTCString() },
      body: Body,
    };
  },
  encodeError: ({ name, message, status }) => ({
    status,
    headers: { "content-type": "application/xml" },
    body: xml("Error", { Code: name, Message: message, ...metadata() }),
  }),
};
