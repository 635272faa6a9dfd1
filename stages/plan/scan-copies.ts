import * as z from "zod";

const values = z.record(z.string(), z.unknown());
const expression = z.object({ references: z.array(z.string()).optional() });

const resource = z.looseObject({
  address: z.string(),
  mode: z.string(),
  type: z.string(),
  name: z.string(),
  index: z.union([z.string(), z.number()]).optional(),
});
type Resource = z.output<typeof resource>;

interface Module {
  address?: string | undefined;
  resources?: Resource[] | undefined;
  child_modules?: Module[] | undefined;
}
const module: z.ZodType<Module> = z.looseObject({
  address: z.string().optional(),
  resources: z.array(resource).optional(),
  child_modules: z.array(z.lazy(() => module)).optional(),
});

const configured = z.looseObject({
  address: z.string(),
  expressions: values.optional(),
  for_each_expression: z.unknown().optional(),
});
type Configured = z.output<typeof configured>;

interface ModuleConfiguration {
  resources?: Configured[] | undefined;
  module_calls?: Record<string, { module: ModuleConfiguration }> | undefined;
}
const moduleConfiguration: z.ZodType<ModuleConfiguration> = z.looseObject({
  resources: z.array(configured).optional(),
  module_calls: z.record(z.string(), z.looseObject({ module: z.lazy(() => moduleConfiguration) })).optional(),
});

const change = z.looseObject({
  address: z.string(),
  mode: z.string(),
  deposed: z.string().optional(),
  change: z.looseObject({ actions: z.array(z.string()), after: z.unknown() }),
});

/** What the scans need of the JSON of a plan: https://developer.hashicorp.com/terraform/internals/json-format */
const scannablePlan = z.looseObject({
  format_version: z.string().regex(/^1\./, "must be 1.x"),
  planned_values: z.looseObject({ root_module: module }),
  resource_changes: z.array(change).default([]),
  configuration: z.looseObject({ root_module: moduleConfiguration }),
});

/** The plan of one team, as each scanner takes it. */
export interface ScanCopies {
  /** How many resources there will be after the plan is applied. */
  resources: number;
  trivy: unknown;
  checkov: unknown;
  /** What a name in the copy for trivy stands for: `<type>.<name>`. */
  standsFor: ReadonlyMap<string, { address: string; repeated: boolean }>;
}

/** Both scanners have to find this resource. It is in no plan of a team, as no provider has its name. */
export const BAIT = { type: "aws_security_group", name: "palisade_bait" };
export const BAIT_ADDRESS = `${BAIT.type}.${BAIT.name}`;
const OPEN_TO_ALL = {
  description: "",
  ingress: [
    {
      cidr_blocks: ["0.0.0.0/0"],
      description: "",
      from_port: 22,
      ipv6_cidr_blocks: [],
      prefix_list_ids: [],
      protocol: "tcp",
      security_groups: [],
      self: false,
      to_port: 22,
    },
  ],
};

/**
 * Copies a plan for the scanners. Both say nothing, with exit code 0, of a plan that they cannot read: so each copy has one
 * resource more, the bait, which a scanner that works must find.
 *
 * trivy makes one Terraform file of the plan. The copy avoids what it does badly (measured with 0.76.0):
 * - one null in a list, as each unknown value is one, and it reads nothing at all. The copy has no null in a list, and no data
 *   sources, which have most of them;
 * - it reads only the first of several blocks. The copy has such a resource once more for each further block;
 * - it names no module and no index. The copy has one flat module with names of its own, which `standsFor` translates, and
 *   only those references that a value does not replace.
 *
 * @param plan the output of `terraform show -json`, parsed
 * @throws Error where it is no plan, or an earlier resource has the bait's address
 */
export function scanCopies(plan: unknown): ScanCopies {
  const parsed = scannablePlan.safeParse(plan);
  if (!parsed.success) throw new Error(`The JSON of the plan cannot be scanned. ${z.prettifyError(parsed.error)}`);
  const { planned_values, resource_changes, configuration } = parsed.data;
  const current = new Map(
    resource_changes
      .filter(({ mode, deposed }) => mode === "managed" && deposed === undefined)
      .map(({ address, change }) => [address, change]),
  );
  const resources = managed(planned_values.root_module, configuration.root_module).filter(
    // Terraform keeps a forgotten resource in planned_values: https://github.com/hashicorp/terraform/issues/38641
    ({ address }) => current.get(address)?.actions.join() !== "forget",
  );
  if (resources.some(({ address }) => address === BAIT_ADDRESS))
    throw new Error(`The plan has a resource ${BAIT_ADDRESS}, which is the name of a test of the scanners.`);

  const copied = resources.map((it, position) => ({ ...it, copy: `r${position}`, after: afterOf(it, current) }));
  const standsFor = new Map<string, { address: string; repeated: boolean }>();
  const entries = copied.flatMap((it) =>
    rotations(it.after).map((after, turn) => {
      const name = turn === 0 ? it.copy : `${it.copy}_${turn}`;
      standsFor.set(`${it.type}.${name}`, { address: it.address, repeated: turn > 0 });
      return { type: it.type, name, after, references: referencesOf(it, copied) };
    }),
  );
  const bait = { ...BAIT, after: OPEN_TO_ALL, references: {} };
  const all = [...entries, bait].map((entry) => ({ ...entry, address: `${entry.type}.${entry.name}` }));
  const inPlan = ({ address, type, name, after }: (typeof all)[number]) => ({
    address,
    mode: "managed",
    type,
    name,
    provider_name: "registry.terraform.io/hashicorp/aws",
    schema_version: 0,
    values: after,
  });
  const { root_module } = planned_values;
  return {
    resources: new Set(resources.map(({ address }) => address)).size,
    standsFor,
    trivy: {
      format_version: parsed.data.format_version,
      terraform_version: parsed.data.terraform_version,
      planned_values: { root_module: { resources: all.map(inPlan) } },
      resource_changes: all.map(({ address, type, name, after }) => ({
        address,
        mode: "managed",
        type,
        name,
        change: { actions: ["create"], before: null, after, after_unknown: {} },
      })),
      configuration: {
        root_module: {
          resources: all.map(({ address, type, name, references }) => ({
            address,
            mode: "managed",
            type,
            name,
            expressions: references,
          })),
        },
      },
    },
    checkov: {
      ...parsed.data,
      planned_values: {
        ...planned_values,
        root_module: {
          ...root_module,
          resources: [...(root_module.resources ?? []), ...all.slice(-1).map(inPlan)],
        },
      },
    },
  };
}

interface Managed extends Resource {
  /** The address of its module; empty for the root. */
  within: string;
  configuration: Configured | undefined;
}

function managed({ address = "", resources = [], child_modules = [] }: Module, root: ModuleConfiguration): Managed[] {
  const all = configurationOf(address, root)?.resources ?? [];
  const own = resources
    .filter(({ mode }) => mode === "managed")
    .map((it) => ({
      ...it,
      within: address,
      configuration: all.find((other) => other.address === `${it.type}.${it.name}`),
    }));
  return [...own, ...child_modules.flatMap((child) => managed(child, root))];
}

/** `module.a["x"].module.b` is the module of the call `b` in the module of the call `a`. */
const configurationOf = (address: string, root: ModuleConfiguration): ModuleConfiguration | undefined =>
  [...address.matchAll(/module\.([\w-]+)(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?/g)].reduce(
    (within: ModuleConfiguration | undefined, [, call = ""]) => within?.module_calls?.[call]?.module,
    root,
  );

const afterOf = ({ address, values: planned }: Resource, changes: ReadonlyMap<string, { after?: unknown }>) =>
  values.catch({}).parse(readable(changes.get(address)?.after ?? planned));

/** Without what breaks the file that trivy makes: nulls in lists, control characters, and a text that begins like a heredoc. */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(readable);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those it must not have.
  if (typeof value === "string") return value.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g, " ").replace(/^<</, " <<");
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readable(item)]));
}

const isBlocks = (value: unknown): value is object[] => Array.isArray(value) && typeof value[0] === "object";

/** The values, with each block of each list in the first place once. */
function rotations(after: Record<string, unknown>): Record<string, unknown>[] {
  const turns = Math.max(1, ...Object.values(after).map((value) => (isBlocks(value) ? value.length : 1)));
  return Array.from({ length: turns }, (_, turn) =>
    Object.fromEntries(
      Object.entries(after).map(([key, value]) => {
        const first = isBlocks(value) ? turn % value.length : 0;
        return [key, isBlocks(value) ? [...value.slice(first), ...value.slice(0, first)] : value];
      }),
    ),
  );
}

/** The references of a resource to others of its module, where the plan has no value yet, or the very value of the other. */
function referencesOf(
  { within, index, after, configuration }: Managed & { after: Record<string, unknown> },
  all: readonly (Managed & { copy: string; after: Record<string, unknown> })[],
): Record<string, { references: string[] }> {
  const named = (value: unknown): string[] => expression.safeParse(value).data?.references ?? [];
  const [each = ""] = named(configuration?.for_each_expression);
  return Object.fromEntries(
    Object.entries(configuration?.expressions ?? {}).flatMap(([argument, value]) => {
      const found = named(value).flatMap((reference) => {
        const [, type, name, attribute = "id"] =
          /^([\w-]+)\.([\w-]+)(?:\[[^\]]*\])?(?:\.([\w-]+))?$/.exec(reference.replace(/^each\.value/, each)) ?? [];
        const others = all.filter((it) => it.within === within && it.type === type && it.name === name);
        const other = others.find((it) => it.index === index) ?? (others.length === 1 ? others[0] : undefined);
        if (!other) return [];
        const isLink =
          after[argument] === undefined || after[argument] === null || after[argument] === other.after[attribute];
        return isLink ? [`${type}.${other.copy}.${attribute}`, `${type}.${other.copy}`] : [];
      });
      return found.length > 0 ? [[argument, { references: found }]] : [];
    }),
  );
}
