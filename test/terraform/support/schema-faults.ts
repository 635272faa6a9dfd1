import { type Body, declarationsOf, type Expression, expressionOf, isBody, type Value } from "../../../scripts/hcl.ts";
import type { Member, Members, ProviderSchema } from "../../../scripts/schema-v6.ts";

/** Objects of the schema: one, or a list or map of them. Undefined where anything may stand. */
type Place = { name: string; members: Members } | undefined;
/** The names that a block or an expression brings: `self`, `each.value`, the variables of a `for`. */
type Scope = ReadonlyMap<string, Place>;
type Steps = NonNullable<NonNullable<Expression["meta"]>["traversal"]>;

/** Terraform's own arguments and blocks, which every resource and data source has. */
const META_ARGUMENTS = ["count", "depends_on", "provider", "lifecycle", "connection", "provisioner"];
/** Blocks that may name types which the provider no longer has. */
const OF_THE_PAST = ["moved", "removed", "import"];
/** Functions that return their first argument, or a part of it. */
const TRANSPARENT = ["one", "values", "element", "slice", "flatten", "tolist", "toset", "reverse", "distinct"];

const bodiesOf = (value: Value | undefined): Body[] => (Array.isArray(value) ? value.filter(isBody) : []);
const entriesOf = (value: Value | undefined): [string, Value][] => (isBody(value) ? Object.entries(value) : []);
const useOf = (member: Member): string => (typeof member === "string" ? member : member.is);
const membersOf = (member: Member | undefined): Members | undefined =>
  typeof member === "object" ? member.members : undefined;

/**
 * Compares a Terraform file with the schema of the provider.
 *
 * @returns a sentence for each resource, data source, block, argument and attribute that the provider does not know, for
 * each argument that only the provider sets, and for each required argument or block that is missing
 */
export async function schemaFaults(file: Body, schema: ProviderSchema): Promise<string[]> {
  const faults = new Set<string>();
  let where = "";
  const report = (fault: string) => faults.add(`${where}: ${fault}`);

  /** Goes along the names of a traversal. An index stays where it is. */
  function follow(start: Place, steps: Steps): Place {
    let place = start;
    for (const { type, segment } of steps) {
      if (place === undefined || type === "indexTraversal") continue;
      const member = place.members[segment];
      const name = `${place.name}.${segment}`;
      if (member === undefined) report(`There is no attribute ${name}.`);
      const isOpen = member === undefined || useOf(member).endsWith("map");
      place = isOpen ? undefined : { name, members: membersOf(member) ?? {} };
    }
    return place;
  }

  function placeOfTraversal(steps: Steps, scope: Scope): Place {
    const names = steps.map(({ segment }) => segment);
    for (const length of [2, 1]) {
      const name = names.slice(0, length).join(".");
      if (scope.has(name)) return follow(scope.get(name), steps.slice(length));
    }
    const kind = names[0] === "data" ? "data" : "resource";
    const [type = "", ...rest] = kind === "data" ? names.slice(1) : names;
    if (!type.startsWith("aws_")) return undefined;
    return follow(placeOfType(kind, type), steps.slice(names.length - rest.length + 1));
  }

  function placeOfType(kind: "resource" | "data", type: string): Place {
    const members = schema[kind][type];
    const name = kind === "data" ? `data.${type}` : type;
    if (members === undefined) report(`There is no ${name}.`);
    return members && { name, members };
  }

  /** Checks the references in an expression. */
  function placeOf({ type, children, meta }: Expression, scope: Scope): Place {
    const [first, second] = children;
    switch (type) {
      case "scopeTraversal":
        return placeOfTraversal(meta?.traversal ?? [], scope);
      case "relativeTraversal":
        return follow(first && placeOf(first, scope), meta?.traversal ?? []);
      case "splat":
        return second && placeOf(second, new Map([...scope, ["*", first && placeOf(first, scope)]]));
      case "for": {
        const variable: [string, Place] = [meta?.valVar ?? "", first && placeOf(first, scope)];
        const inner = new Map([...scope, [meta?.keyVar ?? "", undefined], variable]);
        const [value] = children.slice(1).map((child) => placeOf(child, inner));
        // In `{ for … }` names are keys.
        return meta?.openRangeValue === "[" ? value : undefined;
      }
      default: {
        const places = children.map((child) => placeOf(child, scope));
        // Nameless are what a splat goes over, and parentheses.
        if (type === "" && children.length === 0) return scope.get("*");
        if (type === "conditional") return places[1] ?? places[2];
        if (type === "function") return TRANSPARENT.includes(meta?.name ?? "") ? places[0] : undefined;
        // A template: a text that is one expression, which then stands first.
        return ["index", "template"].includes(type) || children.length === 1 ? places[0] : undefined;
      }
    }
  }

  /** Checks the references in a value and in all that it holds. */
  async function checkValue(value: Value | undefined, scope: Scope): Promise<Place> {
    if (typeof value === "string") return /[$%]\{/.test(value) ? placeOf(await expressionOf(value), scope) : undefined;
    for (const inner of Array.isArray(value) ? value : entriesOf(value).flat()) await checkValue(inner, scope);
    return undefined;
  }

  async function checkArgument(value: Value, member: Member | undefined, name: string, scope: Scope): Promise<void> {
    const members = membersOf(member);
    if (member === undefined) report(`There is no argument or block ${name}.`);
    else if (useOf(member).startsWith("computed")) report(`Only the provider sets ${name}.`);
    else if (useOf(member).endsWith("block") && !Array.isArray(value)) report(`${name} is a block.`);
    for (const inner of Array.isArray(value) ? value : [value])
      if (members && isBody(inner)) await checkBody(inner, { name, members }, scope);
      else await checkValue(inner, scope);
  }

  async function checkDynamic(blocks: Value, member: Member | undefined, name: string, scope: Scope): Promise<void> {
    for (const { for_each, iterator, content } of bodiesOf(blocks)) {
      const label = name.slice(name.lastIndexOf(".") + 1);
      const variable = iterator === undefined ? label : String(iterator).replace(/^\$\{(.+)\}$/, "$1");
      const inner = new Map([...scope, [`${variable}.value`, await checkValue(for_each, scope)]]);
      if (content !== undefined) await checkArgument(content, member, name, inner);
    }
  }

  async function checkBody(body: Body, { name, members }: NonNullable<Place>, scope: Scope): Promise<void> {
    const { dynamic, ...given } = body;
    for (const [argument, value] of Object.entries(given))
      await checkArgument(value, members[argument], `${name}.${argument}`, scope);
    for (const [label, blocks] of entriesOf(dynamic))
      await checkDynamic(blocks, members[label], `${name}.${label}`, scope);
    const names = [...Object.keys(given), ...entriesOf(dynamic).map(([label]) => label)];
    for (const [argument, member] of Object.entries(members))
      if (useOf(member).startsWith("required") && !names.includes(argument)) report(`${name}.${argument} is missing.`);
  }

  for (const kind of ["resource", "data"] as const)
    for (const { type, name, body } of declarationsOf(file, kind)) {
      where = kind === "data" ? `data.${type}.${name}` : `${type}.${name}`;
      // Of Terraform itself.
      if (type.startsWith("terraform_")) continue;
      const place = placeOfType(kind, type);
      const { for_each, ...rest } = body;
      const scope = new Map([
        ["self", place],
        ["each.value", await checkValue(for_each, new Map())],
      ]);
      const [own, meta] = [false, true].map((isMeta) =>
        Object.fromEntries(Object.entries(rest).filter(([argument]) => META_ARGUMENTS.includes(argument) === isMeta)),
      );
      await checkValue(meta, scope);
      for (const { ignore_changes } of bodiesOf(body.lifecycle))
        for (const ignored of Array.isArray(ignore_changes) ? ignore_changes : [])
          await checkValue(String(ignored).replace("${", "${self."), scope);
      if (place && own) await checkBody(own, place, scope);
      else await checkValue(own, scope);
    }
  for (const [kind, blocks] of Object.entries(file))
    if (!["resource", "data", ...OF_THE_PAST].includes(kind)) {
      where = kind;
      await checkValue(blocks, new Map());
    }
  return [...faults];
}
