import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ruleEntry } from "../../../functions/rule-exporter/rule-entry.ts";

/** The attributes of an object type of Terraform that is written one attribute a line, by their paths. */
function attributesIn(template: string): string[] {
  const text = readFileSync(`functions/rule-exporter/templates/${template}`, "utf8");
  const paths: string[] = [];
  const above: string[] = [];
  for (const line of text.split("\n")) {
    if (/^\s*\}\)\)/.test(line)) above.pop();
    const [, name, type = ""] = /^\s*(\w+)\s+= (.*(?:string|bool|number|object).*)$/.exec(line) ?? [];
    if (name === undefined || name === "type") continue;
    paths.push([...above, name].join("."));
    if (type.endsWith("({")) above.push(name);
    else for (const [, inner] of type.matchAll(/(\w+) = /g)) paths.push([...above, name, inner].join("."));
  }
  return paths.sort();
}

interface JsonSchema {
  properties?: Readonly<Record<string, JsonSchema>>;
  additionalProperties?: JsonSchema | boolean;
  anyOf?: readonly JsonSchema[];
}

/** The same of a JSON schema. An attribute that may be null is one of several schemas. */
function propertiesOf({ properties = {}, additionalProperties, anyOf = [] }: JsonSchema): string[] {
  return [
    ...Object.entries(properties).flatMap(([name, value]) => [
      name,
      ...propertiesOf(value).map((path) => `${name}.${path}`),
    ]),
    ...(typeof additionalProperties === "object" ? propertiesOf(additionalProperties) : []),
    ...anyOf.flatMap(propertiesOf),
  ].sort();
}

describe("the entry of a rule", () => {
  it.each(["estate-variables.tf", "rule-variables.tf"])(
    "A rule entry has the attributes of the variable in %s.",
    async (template) => {
      const { toJSONSchema } = await import("zod");
      const attributes = attributesIn(template);
      expect(attributes).toContain("remediation.parameters.static_values");
      expect(attributes).toHaveLength(47);
      expect(propertiesOf(toJSONSchema(ruleEntry) as JsonSchema)).toEqual(attributes);
    },
  );

  it("A rule entry keeps what another version wrote into it.", () => {
    const entry = {
      kind: "custom",
      description: "",
      later: 1,
      function: { name: "F", runtime: "r", handler: "h", code: { key: "k", sha256: "s", later: 2 }, later: 3 },
    };
    expect(ruleEntry.parse(entry)).toEqual(entry);
  });

  it.each([
    { frequency: null },
    { remediation: null },
    { resource_types: null },
    { organization: "true" },
    { function: { name: "F", timeout: "60", code: null } },
    { tags: { a: 1 } },
  ])("The entry of a rule may have %j, as Terraform takes it.", (edited) => {
    const entry = { kind: "custom", ...edited };
    expect(ruleEntry.parse(entry)).toEqual(entry);
  });

  it("The entry of a rule is refused where its kind or the name of its function is wrong.", () => {
    expect(ruleEntry.safeParse({ kind: "other", description: "" }).success).toBe(false);
    expect(ruleEntry.safeParse({ kind: "custom", function: { handler: "h" } }).success).toBe(false);
    expect(ruleEntry.safeParse({ kind: "custom", layers: "x", function: { name: "F", layers: "x" } }).success).toBe(
      false,
    );
  });
});
