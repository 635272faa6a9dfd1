import { describe, expect, it } from "vitest";
import { type Fault, refuseUnknownFaults, takeFault } from "../../../local/gateway/faults.ts";
import { readModel } from "../../../local/gateway/model.ts";
import { awsJson } from "../../../local/gateway/protocols.ts";
import type { Service } from "../../../local/gateway/service.ts";

const fault = (parts: Partial<Fault> = {}): Fault => ({
  kind: "lose",
  service: "DynamoDB",
  operation: "PutItem",
  remaining: 1,
  ...(parts as object),
});

const service = (name: string, ...operations: string[]): Service => ({
  name,
  signingName: name.toLowerCase(),
  protocol: awsJson("1.0"),
  model: readModel("sts"),
  invalidInput: "ValidationException",
  operations: Object.fromEntries(operations.map((operation) => [operation, () => ({})])),
});

describe("a fault", () => {
  it("A fault of the gateway happens as often as it says, and to its operation only.", () => {
    const faults = [fault({ remaining: 2 })];
    const taken = ["GetItem", "PutItem", "PutItem", "PutItem"].map((operation) =>
      takeFault(faults, "DynamoDB", operation),
    );
    expect(taken.map((one) => one?.kind)).toEqual([undefined, "lose", "lose", undefined]);
  });

  it("A fault of the gateway that skips two calls meets the third one.", () => {
    const faults = [fault({ skip: 2 })];
    const taken = [1, 2, 3, 4].map(() => takeFault(faults, "DynamoDB", "PutItem"));
    expect(taken.map((one) => one?.kind)).toEqual([undefined, undefined, "lose", undefined]);
  });

  it("A fault of the gateway names its service and operation in capital or small letters.", () => {
    expect(takeFault([fault()], "dynamodb", "putitem")).toBeDefined();
  });

  it("A fault of the gateway waits until an earlier one of the same operation is over.", () => {
    const faults = [fault({ kind: "hang" }), fault()];
    const taken = [1, 2].map(() => takeFault(faults, "DynamoDB", "PutItem"));
    expect(taken.map((one) => one?.kind)).toEqual(["hang", "lose"]);
  });
});

describe("an unknown fault", () => {
  const services = [service("DynamoDB", "PutItem", "GetItem"), service("SNS", "Publish")];

  it("A fault of an unknown service is refused with the nearest name.", () => {
    expect(() => refuseUnknownFaults([fault({ service: "DynamDB" })], services)).toThrow(
      "The local AWS has no service DynamDB. Did you mean DynamoDB? It has DynamoDB, SNS.",
    );
  });

  it("A fault of an unknown operation is refused with the nearest name.", () => {
    expect(() => refuseUnknownFaults([fault({ operation: "PutItems" })], services)).toThrow(
      "The local AWS has no operation PutItems of DynamoDB. Did you mean PutItem? It has PutItem, GetItem.",
    );
  });

  it("A fault of an unknown service that no name is near to is refused without a suggestion.", () => {
    expect(() => refuseUnknownFaults([fault({ service: "Sagemaker" })], services)).toThrow(
      "The local AWS has no service Sagemaker. It has DynamoDB, SNS.",
    );
  });

  it("A fault of a known service and operation is accepted in capital or small letters.", () => {
    expect(() => refuseUnknownFaults([fault({ service: "dynamodb", operation: "PUTITEM" })], services)).not.toThrow();
  });
});
