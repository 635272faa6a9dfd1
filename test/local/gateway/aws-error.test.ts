import { expect, it } from "vitest";
import { AwsError } from "../../../local/gateway/aws-error.ts";

it.each([
  ["InternalServerError", 500],
  ["ServiceUnavailable", 500],
  ["NotFound", 404],
  ["NoSuchBucket", 404],
  ["PreconditionFailed", 412],
  ["AuthorizationError", 403],
  ["AccessDeniedException", 403],
  ["ValidationException", 400],
  ["ThrottlingException", 400],
])("The AWS error %s has the HTTP status %i, by which the SDK decides to try again.", (name, status) => {
  expect(new AwsError(name, "")).toMatchObject({ name, status });
});
