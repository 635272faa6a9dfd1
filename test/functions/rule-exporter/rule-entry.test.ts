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

/** The same of a JSON schema. */
function propertiesOf(schema: { properties?: object; additionalProperties?: unknown }): string[] {
  const inner = (value: object): string[] =>
    propertiesOf("properties" in value ? value : Object(Object(value).additionalProperties));
  return Object.entries(schema.properties ?? {})
    .flatMap(([name, value]) => [name, ...inner(value).map((path) => `${name}.${path}`)])
    .sort();
}

describe("the entry of a rule", () => {
  it.each(["estate-variables.tf", "rule-variables.tf"])(
    "A rule entry has the attributes of the variable in %s.",
    async (template) => {
      const { toJSONSchema } = await import("zod");
      const attributes = attributesIn(template);
      expect(attributes).toContain("remediation.parameters.static_values");
      expect(attributes).toHaveLength(47);
      expect(propertiesOf(toJSONSchema(ruleEntry))).toEqual(attributes);
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

  it("A rule entry that lacks an attribute that Terraform requires is refused.", () => {
    expect(ruleEntry.safeParse({ kind: "managed" }).success).toBe(false);
    expect(ruleEntry.safeParse({ kind: "other", description: "" }).success).toBe(false);
    expect(ruleEntry.safeParse({ kind: "custom", description: "", function: { name: "F" } }).success).toBe(false);
  });
});
