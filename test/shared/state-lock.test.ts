import { expect, it } from "vitest";
import { lockHeld, lockVanished } from "../../shared/state-lock.ts";

const workload = {
  state: { bucket: "states", key: "research/dev-us-east-1/terraform.tfstate", region: "us-east-1" },
  words: { title: "research in dev us-east-1", push: "push a new tag", again: ["Start the release again."] },
};

it("A complaint about anything else says nothing of the lock.", () => {
  expect(lockHeld("Error: No valid credential sources found", workload)).toBeUndefined();
});

it("A lock that cannot be asked for is no lock that another release holds.", () => {
  const fault = lockHeld("Error: Error acquiring the state lock\n\nAccessDenied", workload);
  expect(fault?.message).toBe("Terraform could not lock the state research/dev-us-east-1/terraform.tfstate.");
});

it("Text of the lock's holder does no harm in the steps.", () => {
  const hostile = "Error acquiring the state lock\nID:        1; rm -rf ~\nWho:       a\u202eb\nCreated:   now";
  expect(lockHeld(hostile, workload)?.steps.join("\n")).toMatch(
    /\(a\?b holds it\)[\s\S]*force-unlock 1\?\?rm\?-rf\?\?$/,
  );
});

it("A lock that was given back before Terraform asked who holds it has vanished; one that is held or refused has not.", () => {
  const begin =
    "Error: Error acquiring the state lock\n\nError message: operation error S3: PutObject, https response error";
  const taken = `${begin} StatusCode: 412, api error PreconditionFailed: At least one of the pre-conditions did not hold`;
  expect(lockVanished(`${taken}\nunable to retrieve file: operation error S3: GetObject, NoSuchKey: `)).toBe(true);
  expect(lockVanished(`${taken}\nLock Info:\n  ID:        1`)).toBe(false);
  expect(lockVanished(`${begin} StatusCode: 403, api error AccessDenied`)).toBe(false);
});
