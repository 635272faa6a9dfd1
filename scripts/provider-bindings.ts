import { byCodeUnits } from "../shared/code-unit-order.ts";
import type { Member, Members } from "./schema-v6.ts";

/** `// vpc_id - computed: false, optional: true, required: false`, then lines that say of which kind the member is. */
const MEMBER = /^ +\/\/ (\w+) - computed: \w+, optional: (\w+), required: (\w+)\n[^}]*?(?: = | {8}return )(.+)$/gm;

/**
 * Reads the schema of a type out of its bindings for CDK Terrain. They are generated, one class for each block.
 *
 * @param type for example `aws_flow_log`
 * @param code the JavaScript of the bindings: it names the members of each class, and says which are required
 * @param declarations the TypeScript declarations: their comments say which members are blocks
 */
export function membersOfType(type: string, code: string, declarations: string): Members {
  const classes = partsOf(code, "class");
  const [root] = [...classes].find(([, text]) => text.includes(`static tfResourceType = "${type}";`)) ?? [];
  if (root === undefined) throw new Error(`The bindings have no class of ${type}.`);
  const blocks = new Set(
    [...partsOf(declarations, "export interface")].flatMap(([name, text]) =>
      [...text.matchAll(/^ +\* (\w+) block$/gm)].map(([, block]) => `${name}.${block}`),
    ),
  );

  function membersOf(className: string, interfaceName: string): Members {
    const text = classes.get(className);
    if (text === undefined) throw new Error(`The bindings of ${type} have no class ${className}.`);
    const members = [...text.matchAll(MEMBER)].map(([, name = "", optional, required, made = ""]): [string, Member] => {
      const use = required === "true" ? "required" : optional === "true" ? "optional" : "computed";
      const [, inner] = /^new (?:\w+\.)?(\w+)(?:OutputReference|List)\(/.exec(made) ?? [];
      if (inner === undefined) return [name, /Map\b|MapAttribute|interpolation/.test(made) ? `${use} map` : use];
      const kind = blocks.has(`${interfaceName}.${name}`) ? "block" : "object";
      return [name, { is: `${use} ${kind}`, members: membersOf(`${inner}OutputReference`, inner) }];
    });
    return Object.fromEntries(members.sort(([left], [right]) => byCodeUnits(left, right)));
  }
  return membersOf(root, `${root}Config`);
}

/** The classes or interfaces of a text, by their names. */
const partsOf = (text: string, keyword: string): Map<string, string> =>
  new Map(
    text
      .split(new RegExp(`^${keyword} (?=\\w)`, "m"))
      .slice(1)
      .map((part) => [/^\w+/.exec(part)?.[0] ?? "", part]),
  );
