import * as z from "zod";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hexadecimal digits");

/** What Apply has besides what every stage has. */
export const applySettings = z.object({
  /** Of the saved plan that people approved. */
  PLAN_SHA256: sha256,
  PLAN_FINGERPRINT: sha256,
  /** The folder of the artifact of Plan: https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html */
  CODEBUILD_SRC_DIR_Plan: z.string(),
});
