import { randomBytes } from "node:crypto";
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { packageOf } from "../../../functions/rule-exporter/code-package.ts";
import { MAX_CODE_BYTES } from "../../../functions/rule-exporter/needed-files.ts";
import { CODE, read } from "../../support/rdk-rule.ts";

const bytes = (content: string) => Buffer.from(content);

describe("the zip of a rule", () => {
  it("The code package of a rule has the same bytes in any order of the files, and other bytes for other code.", () => {
    const files = { "a.py": bytes("1"), "b.py": bytes("2"), "RULE.py": bytes(CODE) };
    const turned = Object.fromEntries(Object.entries(files).reverse());
    expect(packageOf(turned)).toEqual(packageOf(files));
    expect(packageOf({ ...files, "a.py": bytes("3") }).value).not.toEqual(packageOf(files).value);
  });

  it("The code package of a rule holds the code as it is.", () => {
    const { code = new Uint8Array() } = read({ files: { "MY_RULE.py": CODE, "lib/x.py": "x", "lib/x_test.py": "y" } });
    expect(Object.entries(unzipSync(code)).map(([path, content]) => [path, Buffer.from(content).toString()])).toEqual([
      ["MY_RULE.py", CODE],
      ["lib/x.py", "x"],
    ]);
  });

  it("The code package of a rule without code is refused.", () => {
    expect(packageOf({}).problems).toMatchObject([{ severity: "error", file: "", message: "holds no code." }]);
    expect(packageOf({ "empty.py": bytes("") }).problems).toHaveLength(1);
  });

  it("The code package of a rule is refused where its zip has more than 52,428,800 bytes.", () => {
    // Random bytes do not get smaller.
    expect(packageOf({ "model.bin": randomBytes(53_000_000) }).problems).toMatchObject([
      { file: "", message: expect.stringMatching(/^makes a zip of 53\d{6} bytes; Lambda takes 52428800\./) },
    ]);
  });

  it("The code package of a rule is refused, and not even packed, where its code has more than 262,144,000 bytes.", () => {
    const huge = new Uint8Array(MAX_CODE_BYTES + 1);
    expect(packageOf({ "model.bin": huge })).toMatchObject({
      value: undefined,
      problems: [{ file: "", message: expect.stringContaining("holds 262144001 bytes of code") }],
    });
  });
});

describe("the paths in a zip", () => {
  it.each(["/etc/x.py", "lib\\x.py", "C:x.py", "lib/../../x.py", "..", "a\u202eb.py", "a\nb.py"])(
    "The code package of a rule is refused for the path %j, which could lead out of it or deceive.",
    (path) => {
      expect(packageOf({ [path]: bytes("x") }).problems).toMatchObject([
        { severity: "error", file: path, message: expect.stringContaining("has a name that is another path") },
      ]);
    },
  );

  it.each(["a..b.py", "lib/a b.py", "ünï.py", "ab:c.py"])(
    "The code package of a rule may hold the path %j.",
    (path) => {
      expect(packageOf({ [path]: bytes("x") }).problems).toEqual([]);
    },
  );
});
