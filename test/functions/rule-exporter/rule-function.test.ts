import { describe, expect, it } from "vitest";
import { CODE, CUSTOM, entryOf, HCL, problemsOf, read } from "../../support/rdk-rule.ts";

describe("the handler of a rule's function", () => {
  it("A rule's function has its handler in the file with the name of the rule, in the capitals of the file.", () => {
    expect(read({ name: "My_Rule", files: { "my_rule.py": CODE } }).entry).toMatchObject({
      function: { handler: "my_rule.lambda_handler" },
    });
    expect(read({ files: { "MY_RULE.PY": CODE } }).problems).toMatchObject([
      { severity: "error", pointer: "/Parameters/SourceHandler", message: expect.stringContaining("no MY_RULE.py") },
    ]);
  });

  it("A rule's function has the SourceHandler for its handler where there is one.", () => {
    expect(entryOf({ SourceHandler: "other.handler" })).toMatchObject({ function: { handler: "other.handler" } });
  });

  it("A rule's function in another language than Python has to have its handler named.", () => {
    expect(problemsOf({ SourceRuntime: "nodejs24.x" })).toEqual([
      "error /Parameters/SourceHandler is missing, and there is no MY_RULE.py with a lambda_handler: name the handler.",
    ]);
  });

  it("A rule's function with a handler with a space, or with more than 128 characters, is refused.", () => {
    expect(problemsOf({ SourceHandler: "my file.run" })).toEqual([
      "error /Parameters/SourceHandler would be my file.run; Lambda takes up to 128 characters without spaces: rename the file, and name the handler.",
    ]);
    expect(problemsOf({ SourceHandler: `${"x".repeat(124)}.run` })).toEqual([]);
    expect(problemsOf({ SourceHandler: `${"x".repeat(125)}.run` })).toHaveLength(1);
  });
});

describe("the layers of a rule's function", () => {
  const parameters = { SourceRuntime: "python3.13-lib" };

  it("A rule's function has its layer with rdklib from Terraform, unless the options name one.", () => {
    expect(entryOf(parameters)).toMatchObject({ function: { runtime: "python3.13", rdklib: true, layers: [] } });
    expect(entryOf(parameters, { rdklibLayerArn: "arn:lib", lambdaLayers: ["arn:a"] })).toMatchObject({
      function: { rdklib: false, layers: ["arn:lib", "arn:a"] },
    });
  });

  it("A rule's function keeps its need of rdklib when the options give it another runtime.", () => {
    expect(entryOf(parameters, { runtime: "python3.14" })).toMatchObject({
      function: { runtime: "python3.14", rdklib: true },
    });
  });

  it("A rule's function without rdklib does not get its layer.", () => {
    expect(entryOf({}, { rdklibLayerArn: "arn:lib" })).toMatchObject({ function: { rdklib: false, layers: [] } });
  });

  it("A rule's function has five layers at the most, rdklib among them.", () => {
    const lambdaLayers = ["arn:a", "arn:b", "arn:c", "arn:d", "arn:e"];
    expect(problemsOf({}, { lambdaLayers })).toEqual([]);
    expect(problemsOf(parameters, { lambdaLayers })).toEqual([
      "error /Parameters/SourceRuntime needs the layer with rdklib as well; Lambda takes 5 layers.",
    ]);
  });
});

it("A rule's function takes a role of another account only where its code says so.", () => {
  const files = (mode: string) => ({ "MY_RULE.py": `${CODE}ASSUME_ROLE_MODE = ${mode}\n` });
  expect(read({ files: files("True") }).entry).toMatchObject({ function: { assume_role: true } });
  expect(read({ files: files("False") }).entry).toMatchObject({ function: { assume_role: false } });
});

it("A rule's function has the timeout, the role and the network that the options name.", () => {
  expect(
    entryOf(
      {},
      { lambdaTimeout: 300, lambdaRoleName: "rules", lambdaSubnets: ["subnet-1"], lambdaSecurityGroups: ["sg-1"] },
    ),
  ).toMatchObject({
    function: { timeout: 300, role_name: "rules", subnet_ids: ["subnet-1"], security_group_ids: ["sg-1"] },
  });
  expect(entryOf({}, { lambdaRoleArn: "arn:role" })).toMatchObject({ function: { role_arn: "arn:role" } });
});

describe("the name of a rule's function", () => {
  it("A rule's function has a name that Lambda takes, and another one for another rule.", () => {
    const nameOf = (name: string) =>
      read({ name, parameters: { ...CUSTOM, SourceHandler: "main.run" } }).entry?.function?.name ?? "";
    const names = ["A_B", `it's "odd" ${HCL}`, "x".repeat(100), `${"x".repeat(99)}y`].map(nameOf);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(new Set(names).size).toBe(4);
    expect(names[0]).toBe("RDK-Rule-Function-AB");
  });

  it("A rule's function has the CustomLambdaName for its name where Lambda takes it.", () => {
    expect(entryOf({ CustomLambdaName: "mine" })).toMatchObject({ function: { name: "mine" } });
    for (const CustomLambdaName of ["a b", "", "x".repeat(65)])
      expect(problemsOf({ CustomLambdaName })).toEqual([
        "error /Parameters/CustomLambdaName has to be 1 to 64 of A-Z, a-z, 0-9, _ and -.",
      ]);
  });
});

it("A rule's function names its code by the SHA-256 of the zip.", () => {
  expect(entryOf({})?.function?.code).toEqual({
    file: "MY_RULE.zip",
    sha256: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
  });
});
