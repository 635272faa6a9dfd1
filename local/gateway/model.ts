import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { AwsError } from "./aws-error.ts";

/** A shape of a service model, as botocore describes it: the constraints of one value. */
const shapeSchema = z.object({
  type: z.enum(["structure", "list", "map", "string", "blob", "integer", "long", "boolean", "timestamp"]),
  required: z.array(z.string()).optional(),
  get members() {
    return z.record(z.string(), shapeSchema).optional();
  },
  get member() {
    return shapeSchema.optional();
  },
  get key() {
    return shapeSchema.optional();
  },
  get value() {
    return shapeSchema.optional();
  },
  min: z.number().optional(),
  max: z.number().optional(),
  pattern: z.string().optional(),
  enum: z.array(z.string()).optional(),
});
export type Shape = z.output<typeof shapeSchema>;

const modelSchema = z.object({ operations: z.record(z.string(), z.object({ input: shapeSchema })) });
export type Model = z.output<typeof modelSchema>;

/**
 * Reads `services/<service>/model.json`: the input of each operation that the local AWS serves. `scripts/service-model.ts`
 * writes such a file.
 */
export const readModel = (service: string): Model =>
  modelSchema.parse(
    JSON.parse(readFileSync(join(import.meta.dirname, "..", "services", service, "model.json"), "utf8")),
  );

/**
 * Refuses an input that breaks a constraint of the model: missing members, lengths, patterns, enumerations.
 *
 * @param errorCode the name of the error
 * @throws AwsError that lists every fault of the input
 */
export function validateInput(shape: Shape, input: unknown, errorCode: string): void {
  const validator = validators.get(shape) ?? validatorOf(shape);
  validators.set(shape, validator);
  const parsed = validator.safeParse(input);
  if (parsed.success) return;
  const faults = parsed.error.issues.map(({ path, message }) => `Value at '${path.join(".")}': ${message}`);
  throw new AwsError(errorCode, `${faults.length} validation error(s) detected: ${faults.join("; ")}`);
}

const validators = new WeakMap<Shape, z.ZodType>();

function validatorOf(shape: Shape): z.ZodType {
  const { min: least = 0, max: most = Number.POSITIVE_INFINITY } = shape;
  switch (shape.type) {
    case "structure":
      return z.object(
        Object.fromEntries(
          Object.entries(shape.members ?? {}).map(([name, member]) => {
            const validator = validatorOf(member);
            return [name, shape.required?.includes(name) ? validator : validator.optional()];
          }),
        ),
      );
    case "list":
      return z.array(memberOf(shape.member)).min(least).max(most);
    case "map":
      return z.record(z.string(), memberOf(shape.value));
    case "string":
      if (shape.enum) return z.enum(shape.enum);
      return z
        .string()
        .min(least)
        .max(most)
        .regex(new RegExp(`^(?:${shape.pattern ?? ".*"})$`, "s"));
    case "blob":
      return z.string();
    case "boolean":
      return z.boolean();
    default:
      return z
        .number()
        .min(shape.min ?? Number.NEGATIVE_INFINITY)
        .max(most);
  }
}

const memberOf = (shape: Shape | undefined): z.ZodType => (shape ? validatorOf(shape) : z.unknown());

/** Turns the flat parameters of a query request back into a shape; undefined where none belong to it. */
export function shapeFromQuery(shape: Shape, prefix: string, parameters: URLSearchParams): unknown {
  const numbered = <Value>(read: (prefix: string) => Value | undefined): Value[] => {
    const values: Value[] = [];
    for (;;) {
      const value = read(String(values.length + 1));
      if (value === undefined) return values;
      values.push(value);
    }
  };
  switch (shape.type) {
    case "structure": {
      const members = Object.entries(shape.members ?? {}).flatMap(([name, member]) => {
        const value = shapeFromQuery(member, prefix === "" ? name : `${prefix}.${name}`, parameters);
        return value === undefined ? [] : [[name, value] as const];
      });
      return members.length === 0 ? undefined : Object.fromEntries(members);
    }
    case "list": {
      const { member } = shape;
      const values = member ? numbered((n) => shapeFromQuery(member, `${prefix}.member.${n}`, parameters)) : [];
      return values.length === 0 ? undefined : values;
    }
    case "map": {
      const { value: inner } = shape;
      const entries = numbered((n) => {
        const key = parameters.get(`${prefix}.entry.${n}.Name`);
        return key === null || !inner
          ? undefined
          : ([key, shapeFromQuery(inner, `${prefix}.entry.${n}.Value`, parameters)] as const);
      });
      return entries.length === 0 ? undefined : Object.fromEntries(entries);
    }
    default:
      return parameters.get(prefix) ?? undefined;
  }
}
