import { describe, expect, it } from "vitest";
import { AwsError } from "../../../local/gateway/aws-error.ts";
import { readModel } from "../../../local/gateway/model.ts";
import { awsJson, awsQuery, type HttpRequest } from "../../../local/gateway/protocols.ts";

const request = (parts: Partial<HttpRequest>): HttpRequest => ({
  method: "POST",
  path: "/",
  headers: {},
  body: Buffer.from(""),
  ...parts,
});
const model = readModel("sns");

describe("AWS JSON", () => {
  const json = awsJson("1.1");

  it("The protocol AWS JSON takes the operation from the target and the input from the body.", () => {
    const headers = { "x-amz-target": "CodeCommit_20150413.GetBranch" };
    expect(json.decode(request({ headers, body: Buffer.from('{"a":1}') }), model)).toEqual({
      operation: "GetBranch",
      input: { a: 1 },
    });
    expect(json.decode(request({}), model)).toEqual({ operation: "", input: {} });
  });

  it("The protocol AWS JSON answers with the output, or with the type, message and fields of an error.", () => {
    expect(json.encode("GetBranch", { a: 1 })).toEqual({
      status: 200,
      headers: { "content-type": "application/x-amz-json-1.1" },
      body: '{"a":1}',
    });
    const { status, body } = json.encodeError(new AwsError("NotThere", "It is not there", { Reasons: [1] }));
    expect([status, JSON.parse(String(body))]).toEqual([
      400,
      { __type: "NotThere", message: "It is not there", Reasons: [1] },
    ]);
  });
});

describe("AWS query", () => {
  const query = awsQuery();

  it("The protocol AWS query takes operation and input from the parameters.", () => {
    const body = Buffer.from(
      "Action=Publish&Message=a+b&MessageAttributes.entry.1.Name=k&MessageAttributes.entry.1.Value.DataType=String",
    );
    expect(query.decode(request({ body }), model)).toEqual({
      operation: "Publish",
      input: { Message: "a b", MessageAttributes: { k: { DataType: "String" } } },
    });
    expect(query.decode(request({ body: Buffer.from("Action=toString&Message=a") }), model).input).toEqual({});
  });

  it("The protocol AWS query answers in XML, with text escaped.", () => {
    expect(query.encode("Publish", { MessageId: "<&>" }).body).toMatch(
      /^<PublishResponse><PublishResult><MessageId>&#60;&#38;&#62;<\/MessageId><\/PublishResult><ResponseMetadata><RequestId>[\w-]{36}</,
    );
  });

  it.each([
    ["NotFound", 404, "Sender"],
    ["InternalFailure", 500, "Receiver"],
  ])("The protocol AWS query answers %s with the status %i and the type %s.", (name, status, type) => {
    const answer = query.encodeError(new AwsError(name, "a<b"));
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(`<Error><Type>${type}</Type><Code>${name}</Code><Message>a&#60;b</Message></Error>`);
  });
});
