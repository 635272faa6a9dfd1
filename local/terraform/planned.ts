import * as z from "zod";

/** A resource of Terraform's own account of a root. */
export interface PlannedResource {
  address: string;
  type: string;
  values: Readonly<Record<string, unknown>>;
  /** As Terraform has it: true in the place of each value that it does not know yet. */
  unknown: unknown;
}

const moduleSchema = z.object({
  resources: z
    .array(
      z.object({
        address: z.string(),
        mode: z.string(),
        type: z.string(),
        values: z.record(z.string(), z.unknown()).default({}),
      }),
    )
    .default([]),
  get child_modules() {
    return z.array(moduleSchema).default([]);
  },
});
type Module = z.output<typeof moduleSchema>;

const whole = z.object({ root_module: moduleSchema.default({ resources: [], child_modules: [] }) });

/** https://developer.hashicorp.com/terraform/internals/json-format */
const shown = z.object({
  planned_values: whole.optional(),
  values: whole.optional(),
  resource_changes: z
    .array(z.object({ address: z.string(), change: z.object({ after_unknown: z.unknown() }) }))
    .default([]),
});

/**
 * Reads the managed resources of a root and of its modules.
 *
 * @param json the output of `terraform show -json`, of a plan or of a state
 */
export function plannedResources(json: string): PlannedResource[] {
  const { planned_values, values, resource_changes } = shown.parse(JSON.parse(json));
  const unknown = new Map(resource_changes.map(({ address, change }) => [address, change.after_unknown]));
  return resourcesOf((planned_values ?? values)?.root_module).map(({ address, type, values }) => ({
    address,
    type,
    values,
    unknown: unknown.get(address) ?? {},
  }));
}

const resourcesOf = (module: Module | undefined): Module["resources"] =>
  module === undefined
    ? []
    : [...module.resources.filter(({ mode }) => mode === "managed"), ...module.child_modules.flatMap(resourcesOf)];

/**
 * Reads the values of a resource that somebody needs.
 *
 * @throws Error that names a value which is still unknown, or which is not as expected
 */
export function valuesOf<Schema extends z.ZodObject>(resource: PlannedResource, schema: Schema): z.output<Schema> {
  const needed = Object.keys(schema.shape);
  const unknown = needed.flatMap((name) => unknownPaths(fieldOf(resource.unknown, name), name))[0];
  if (unknown !== undefined)
    throw new Error(`${resource.address}.${unknown} is not known yet: apply what it comes from.`);
  // Terraform has null for what nobody set.
  const set = Object.fromEntries(Object.entries(resource.values).filter(([, value]) => value !== null));
  const parsed = schema.safeParse(set);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${[resource.address, ...path].join(".")}: ${message}`);
  throw new Error(faults.join("\n"));
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

/** The paths of the values that are not known. */
function unknownPaths(value: unknown, path: string): string[] {
  if (value === true) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    unknownPaths(inner, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`),
  );
}
