import * as z from "zod";

/** Whether configuration has to give a value, may give one, or can only read it. */
const use = z.enum(["required", "optional", "computed"]);

/**
 * A plain argument or attribute, one whose values have keys of their own (`map`), or one with members: a nested block, or
 * an attribute of objects. Whether it is one object, a list, a set or a map of blocks is left out.
 */
export type Member =
  | z.output<typeof use>
  | `${z.output<typeof use>} map`
  | { is: `${z.output<typeof use>} ${"block" | "object"}`; members: Members };
export interface Members {
  [name: string]: Member;
}

const members: z.ZodType<Members> = z.lazy(() =>
  z.record(
    z.string(),
    z.union([
      use,
      z.templateLiteral([use, " map"]),
      z.strictObject({ is: z.templateLiteral([use, " ", z.enum(["block", "object"])]), members }),
    ]),
  ),
);
const typesSchema = z.record(z.string(), members);

/** schema-v6.json: the types of version 6 of the AWS provider that our Terraform files use. */
export const providerSchema = z.strictObject({
  /** Which version it is, and the package that it was read from. */
  from: z.string(),
  resource: typesSchema,
  data: typesSchema,
});
export type ProviderSchema = z.output<typeof providerSchema>;
