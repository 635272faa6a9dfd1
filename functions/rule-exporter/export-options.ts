import * as z from "zod";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_LAYERS = 5;

const filled = z.string().min(1, "must not be empty");
const seconds = "must be a whole number from 1 to 900";

/**
 * How rules are exported, by the function (setting `EXPORT_OPTIONS`) and by the command (its options). Options that
 * `rdk export` has, too, have its names.
 */
export const exportOptions = z
  .strictObject({
    /** Whether the rules are rules of an organization. */
    organization: z.boolean().default(false),
    runtime: filled.exactOptional(),
    lambdaTimeout: z.int(seconds).min(1, seconds).max(900, seconds).exactOptional(),
    lambdaRoleArn: filled.exactOptional(),
    lambdaRoleName: filled.exactOptional(),
    lambdaLayers: z.array(filled).max(MAX_LAYERS, "must name five layers at the most").default([]),
    lambdaSubnets: z.array(filled).default([]),
    lambdaSecurityGroups: z.array(filled).default([]),
    rdklibLayerArn: filled.exactOptional(),
  })
  .refine(({ lambdaSubnets, lambdaSecurityGroups }) => lambdaSubnets.length > 0 === lambdaSecurityGroups.length > 0, {
    path: ["lambdaSubnets"],
    error: "go together with lambdaSecurityGroups",
  })
  .refine(({ lambdaRoleArn, lambdaRoleName }) => lambdaRoleArn === undefined || lambdaRoleName === undefined, {
    path: ["lambdaRoleName"],
    error: "cannot be used with lambdaRoleArn",
  });

export type ExportOptions = z.output<typeof exportOptions>;
