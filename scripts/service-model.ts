import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import * as z from "zod";

// Prints local/services/<service>/model.json from botocore's `service-2.json` (or `.gz`), the model that the AWS CLI and
// boto3 are made from: `node scripts/service-model.ts <service-2.json> <Operation>...`

const reference = z.object({ shape: z.string() });
const shapeSchema = z.object({
  type: z.string(),
  required: z.array(z.string()).optional(),
  members: z.record(z.string(), reference).optional(),
  member: reference.optional(),
  key: reference.optional(),
  value: reference.optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  pattern: z.string().optional(),
  enum: z.array(z.string()).optional(),
});
const modelSchema = z.object({
  operations: z.record(z.string(), z.object({ input: reference.optional() })),
  shapes: z.record(z.string(), shapeSchema),
});

const { positionals } = parseArgs({ allowPositionals: true });
const [file, ...names] = positionals;
if (file === undefined || names.length === 0) {
  console.error("Usage: node scripts/service-model.ts <service-2.json> <Operation>...");
  process.exit(2);
}
const bytes = readFileSync(file);
const { operations, shapes } = modelSchema.parse(
  JSON.parse((file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString()),
);

/** A shape with all shapes that it names in their places. One that holds itself ends there: anything may be in it. */
function whole({ shape: name }: z.output<typeof reference>, within: readonly string[] = []): object {
  const shape = shapes[name];
  if (shape === undefined) throw new Error(`The model has no shape ${name}.`);
  const { members, member, key, value, required, ...plain } = shape;
  const path = [...within, name];
  const isOpen = (inner: z.output<typeof reference> | undefined) => inner !== undefined && !path.includes(inner.shape);
  return {
    ...plain,
    ...(required !== undefined && required.length > 0 && { required }),
    ...(members && {
      members: Object.fromEntries(Object.entries(members).map(([field, inner]) => [field, whole(inner, path)])),
    }),
    ...(member && isOpen(member) && { member: whole(member, path) }),
    ...(key && { key: whole(key, path) }),
    ...(value && isOpen(value) && { value: whole(value, path) }),
  };
}

const extracted = Object.fromEntries(
  names.map((name) => {
    const operation = operations[name];
    if (!operation) throw new Error(`The model has no operation ${name}.`);
    return [name, { input: operation.input ? whole(operation.input) : { type: "structure", members: {} } }];
  }),
);
console.log(JSON.stringify({ operations: extracted }, null, 2));
