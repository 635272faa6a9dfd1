import { describe, expect, it } from "vitest";
import { addAfter, addFail, missedFaults } from "../../../cli/replay/faults.ts";

describe("a fault on the command line", () => {
  it("A fault on the command line of replay is --fail SERVICE.OPERATION=ERROR for one call, and :N for more.", () => {
    const fault = { kind: "fail", service: "SNS", operation: "Publish", errorName: "Throttling" };
    expect(addFail("SNS.Publish=Throttling:2", addFail("SNS.Publish=Throttling"))).toEqual([
      { option: "--fail SNS.Publish=Throttling", times: 1, fault: { ...fault, remaining: 1 } },
      { option: "--fail SNS.Publish=Throttling:2", times: 2, fault: { ...fault, remaining: 2 } },
    ]);
  });

  it("A fault on the command line of replay is --lose or --crash-after SERVICE.OPERATION for one call, and :N for more.", () => {
    const fault = { service: "SNS", operation: "Publish" };
    expect(addAfter("crash-after")("SNS.Publish:3", addAfter("lose")("SNS.Publish"))).toEqual([
      { option: "--lose SNS.Publish", times: 1, fault: { ...fault, kind: "lose", remaining: 1 } },
      { option: "--crash-after SNS.Publish:3", times: 3, fault: { ...fault, kind: "crash-after", remaining: 3 } },
    ]);
  });

  it.each([
    "SNS.Publish",
    "SNS=Foo",
    "SNS.Publish=",
    "SNS.Publish=Foo:0",
    "SNS.Publish=Foo:x",
    "SNS.Publish=Foo:-1",
    "a b.c=d",
  ])("A fault on the command line of replay is not --fail %s.", (text) => {
    expect(() => addFail(text)).toThrow("Write SERVICE.OPERATION=ERROR or SERVICE.OPERATION=ERROR:N.");
  });

  it.each(["SNS", "SNS.Publish=Foo", "SNS.Publish:0", "SNS.Publish:", ".Publish", " SNS.Publish"])(
    "A fault on the command line of replay is not --lose or --crash-after %j.",
    (text) => {
      for (const kind of ["lose", "crash-after"] as const)
        expect(() => addAfter(kind)(text)).toThrow("Write SERVICE.OPERATION or SERVICE.OPERATION:N.");
    },
  );
});

it("A fault on the command line of replay that was missed is reported with how often it happened, and one that happened is not.", () => {
  const asked = addAfter("lose")("SNS.Publish:5", addFail("S3.PutObject=A:3", addFail("STS.GetCallerIdentity=B")));
  const happened = [1, 0, 4];
  for (const [index, { fault }] of asked.entries()) fault.remaining -= happened[index] ?? 0;
  expect(missedFaults(asked)).toEqual([
    "--fail S3.PutObject=A:3 never happened: no event made such a call.",
    "--lose SNS.Publish:5 happened 4 of 5 times: the events made no more such calls.",
  ]);
});
