import { describe, expect, it } from "vitest";
import { readModel, type Shape, shapeFromQuery, validateInput } from "../../../local/gateway/model.ts";

const text: Shape = { type: "string", min: 2, max: 3, pattern: "[a-z]+" };
const SHAPE: Shape = {
  type: "structure",
  required: ["name"],
  members: {
    name: text,
    kind: { type: "string", enum: ["A", "B"] },
    size: { type: "integer", min: 1, max: 9 },
    open: { type: "boolean" },
    bytes: { type: "blob" },
    list: { type: "list", min: 1, max: 2, member: text },
    map: { type: "map", key: text, value: { type: "structure", members: { inner: text } } },
  },
};

describe("a constraint of a model", () => {
  it.each([
    {},
    { kind: "A", size: 1, open: false, bytes: "", list: ["ab"], map: { any: { inner: "abc" } } },
    { size: 9, list: ["ab", "abc"], map: {} },
    { unknown: 1 },
  ])("A model takes the members %j.", (members) => {
    expect(() => validateInput(SHAPE, { name: "ab", ...members }, "Refused")).not.toThrow();
  });

  it.each([
    ["name", { name: undefined }],
    ["name", { name: "a" }],
    ["name", { name: "abcd" }],
    ["name", { name: "AB" }],
    ["name", { name: "ab\n" }],
    ["kind", { kind: "C" }],
    ["size", { size: 0 }],
    ["size", { size: 10 }],
    ["size", { size: "1" }],
    ["open", { open: "true" }],
    ["bytes", { bytes: 1 }],
    ["list", { list: [] }],
    ["list", { list: ["ab", "ab", "ab"] }],
    ["list.0", { list: ["abcd"] }],
    ["map.a.inner", { map: { a: { inner: "a" } } }],
  ])("A model refuses the member %s of %j.", (path, members) => {
    expect(() => validateInput(SHAPE, { name: "ab", ...members }, "Refused")).toThrow(
      expect.objectContaining({
        name: "Refused",
        message: expect.stringContaining(`1 validation error(s) detected: Value at '${path}': `),
      }),
    );
  });

  it("A model refuses an input with all that is wrong with it.", () => {
    expect(() => validateInput(SHAPE, { kind: "C", size: 0 }, "Refused")).toThrow(
      /^3 validation error\(s\) detected: Value at 'name': .*; Value at 'kind': .*; Value at 'size': /,
    );
  });
});

describe("the parameters of a query", () => {
  it("A model makes lists and maps of the numbered parameters of a query.", () => {
    const parameters = new URLSearchParams({
      name: "ab",
      "list.member.1": "ab",
      "list.member.2": "cd",
      "list.member.4": "left out",
      "map.entry.1.Name": "one",
      "map.entry.1.Value.inner": "x",
      "map.entry.2.Name": "two",
      "map.entry.2.Value.inner": "y",
    });
    expect(shapeFromQuery(SHAPE, "", parameters)).toEqual({
      name: "ab",
      list: ["ab", "cd"],
      map: { one: { inner: "x" }, two: { inner: "y" } },
    });
  });

  it("A model gives no value to a shape of which a query has no parameter.", () => {
    expect(shapeFromQuery(SHAPE, "", new URLSearchParams({ other: "1" }))).toBeUndefined();
  });
});

it("A model of a service is read from its folder.", () => {
  expect(Object.keys(readModel("sns").operations)).toEqual(["Publish"]);
});
