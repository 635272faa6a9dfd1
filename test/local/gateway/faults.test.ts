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
  it("happens as often as it says, and to its operation alone", () => {
    const faults = [fault({ remaining: 2 })];
    const taken = ["GetItem", "PutItem", "PutItem", "PutItem"].map((operation) =>
      takeFault(faults, "DynamoDB", operation),
    );
    expect(taken.map((one) => one?.kind)).toEqual([undefined, "lose", "lose", undefined]);
  });

  it("lets the calls go well that it skips", () => {
    const faults = [fault({ skip: 2 })];
    const taken = [1, 2, 3, 4].map(() => takeFault(faults, "DynamoDB", "PutItem"));
    expect(taken.map((one) => one?.kind)).toEqual([undefined, undefined, "lose", undefined]);
  });

  it("is compared without regard to case", () => {
    expect(takeFault([fault()], "dynamodb", "putitem")).toBeDefined();
  });

  it("comes after one of the same operation that was there before", () => {
    const faults = [fault({ kind: "hang" }), fault()];
    const taken = [1, 2].map(() => takeFault(faults, "DynamoDB", "PutItem"));
    expect(taken.map((one) => one?.kind)).toEqual(["hang", "lose"]);
  });
});

describe("an unknown fault", () => {
  const services = [service("DynamoDB", "PutItem", "GetItem"), service("SNS", "Publish")];

  it("is refused with the nearest service", () => {
    expect(() => refuseUnknownFaults([fault({ service: "DynamDB" })], services)).toThrow(
      "The local AWS has no service DynamDB. Did you mean DynamoDB? It has DynamoDB, SNS.",
    );
  });

  it("is refused with the nearest operation", () => {
    expect(() => refuseUnknownFaults([fault({ operation: "PutItems" })], services)).toThrow(
      "The local AWS has no operation PutItems of DynamoDB. Did you mean PutItem? It has PutItem, GetItem.",
    );
  });

  it("is refused without a suggestion where nothing is near", () => {
    expect(() => refuseUnknownFaults([fault({ service: "Sagemaker" })], services)).toThrow(
      "The local AWS has no service Sagemaker. It has DynamoDB, SNS.",
    );
  });

  it("is told from a known one, however that is written", () => {
    expect(() => refuseUnknownFaults([fault({ service: "dynamodb", operation: "PUTITEM" })], services)).not.toThrow();
  });
});
