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

/** The names of the shapes that a shape is made of. */
const partsOf = (name: string): string[] => {
  const { members = {}, member, key, value } = shapes[name] ?? {};
  return [...Object.values(members), member, key, value].flatMap((part) => part?.shape ?? []);
};

function holds(name: string, wanted: string, seen = new Set<string>()): boolean {
  if (seen.has(name)) return false;
  seen.add(name);
  return partsOf(name).some((part) => part === wanted || holds(part, wanted, seen));
}

/** A shape with all shapes that it names in their places. One that holds itself stays open: anything may be in it. */
function whole({ shape: name }: z.output<typeof reference>): object {
  const shape = shapes[name];
  if (shape === undefined) throw new Error(`The model has no shape ${name}.`);
  const { members = {}, member, key, value, required = [], ...plain } = shape;
  if (holds(name, name)) return { type: shape.type };
  return {
    ...plain,
    ...(required.length > 0 && { required }),
    ...(shape.type === "structure" && {
      members: Object.fromEntries(Object.entries(members).map(([field, inner]) => [field, whole(inner)])),
    }),
    ...(member && { member: whole(member) }),
    ...(key && { key: whole(key) }),
    ...(value && { value: whole(value) }),
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
