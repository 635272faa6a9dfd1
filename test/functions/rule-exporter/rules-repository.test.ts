import { CodeCommitClient, GetFileCommand, GetFolderCommand } from "@aws-sdk/client-codecommit";
import { mockClient } from "aws-sdk-client-mock";
import { unzipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRulesRepository } from "../../../functions/rule-exporter/rules-repository.ts";
import { localClient } from "../../support/local-client.ts";
import { createExportWorld, type ExportWorld, FIRST } from "../../support/rule-exporter.ts";

let world: ExportWorld;
beforeEach(async () => {
  world = await createExportWorld();
});
afterEach(() => world.close());

const CUSTOM = JSON.stringify({ Parameters: { SourceRuntime: "python3.13", SourceEvents: "AWS::S3::Bucket" } });
const many = (length: number, pathOf: (n: number) => string) => Array.from({ length }, (_, n) => pathOf(n));

describe("the list of the rules of a commit", () => {
  it("The rules repository lists the rules of a commit over all its pages.", async () => {
    const commit = world.commitMany(
      FIRST,
      many(130, (n) => `rules/R_${n}/parameters.json`),
    );
    const { rules } = (await world.list(commit)) as { rules: string[] };
    expect(rules).toHaveLength(133);
    expect(world.callsOf("GetDifferences")).toHaveLength(2);
  });

  it("The rules repository lists no rules of a commit that is not there, and fails.", async () => {
    await expect(world.list("0".repeat(40))).rejects.toThrow(
      /^GetDifferencesCommand on the repository of the rules failed: 0{40} does not exist/,
    );
  });
});

describe("the folder of a rule in the repository", () => {
  it("The rules repository gives the code and the parameters.json of a rule, and no tests, caches or state.", async () => {
    const commit = world.rules.commit(FIRST, "Clutter", {
      "rules/S3_VERSIONING_ON/tests/big.json": "{}",
      "rules/S3_VERSIONING_ON/terraform.tfstate": "{}",
      "rules/S3_VERSIONING_ON/__pycache__/x.pyc": "x",
    });
    await world.exportRule(commit, "rules/S3_VERSIONING_ON");
    const paths = world.callsOf("GetFile").map(({ input }) => (input as { filePath: string }).filePath);
    expect(paths.sort()).toEqual(
      ["S3_VERSIONING_ON.py", "parameters.json"].map((name) => `rules/S3_VERSIONING_ON/${name}`),
    );
    expect(world.callsOf("GetFolder")).toHaveLength(1);
  });

  it("The rules repository gives the code of a rule from every folder below.", async () => {
    const rule = world.rules.commit(FIRST, "A rule", { "rules/A/parameters.json": CUSTOM, "rules/A/A.py": "x" });
    const commit = world.commitMany(
      rule,
      many(12, (n) => `rules/A/d${n}/${n}.py`),
    );
    expect(await world.exportRule(commit, "rules/A")).toMatchObject({ outcome: "exported", problems: [] });
    const [{ input } = {}] = world.callsOf("PutObject");
    expect(Object.keys(unzipSync(Buffer.from((input as { Body: string }).Body, "base64")))).toHaveLength(13);
  });

  it.each([
    [
      "a link, or a link to a folder,",
      { "rules/A/A.py": { linkTo: "/etc/passwd" }, "rules/A/lib": { linkTo: "../../.." } },
      ["A.py", "lib"],
      "is no plain file",
    ],
    [
      "a file above 6 MB",
      { "rules/A/A.py": "x", "rules/A/model.bin": Buffer.alloc(6 * 1_024 * 1_024 + 1) },
      ["model.bin"],
      "6 MB that CodeCommit gives out",
    ],
    [
      "a name that is another path on Windows",
      { "rules/A/A.py": "x", "rules/A/lib\\..\\..\\evil.py": "x" },
      ["lib\\..\\..\\evil.py"],
      "has a name that is another path on other systems",
    ],
  ])(
    "The rules repository gives a rule with %s as refused, and nothing of it is stored.",
    async (_what, files, faulty, message) => {
      const commit = world.rules.commit(FIRST, "Odd files", { "rules/A/parameters.json": CUSTOM, ...files });
      const { outcome, problems } = (await world.exportRule(commit, "rules/A")) as unknown as {
        outcome: string;
        problems: { file: string; message: string }[];
      };
      expect(outcome).toBe("refused");
      expect(problems.filter((problem) => problem.message.includes(message)).map(({ file }) => file)).toEqual(faulty);
      expect(world.callsOf("PutObject")).toEqual([]);
    },
  );

  it("The rules repository reads none of the files of a rule with more than 5,000, and the rule is refused.", async () => {
    const commit = world.commitMany(
      FIRST,
      many(5_001, (n) => `rules/A/d/${n}.py`),
    );
    expect(await world.exportRule(commit, "rules/A")).toMatchObject({
      outcome: "refused",
      problems: expect.arrayContaining([
        expect.objectContaining({ message: expect.stringContaining("holds more than 5000 files") }),
      ]),
    });
    expect(world.callsOf("GetFile")).toEqual([]);
  });

  it("The rules repository gives the files of a rule in the order of their paths.", async () => {
    const files = ["z.py", "lib/b.py", "lib/a/c.py", "B.py", "parameters.json"];
    const commitId = world.rules.commit(
      FIRST,
      "Folders",
      Object.fromEntries(files.map((path) => [`rules/A/${path}`, path])),
    );
    const rules = createRulesRepository(new CodeCommitClient(localClient(world.endpoint)));
    const rule = await rules.read({ repository: "config-rules", commitId }, "rules/A", new AbortController().signal);
    expect([...rule.files.keys()]).toEqual(["B.py", "lib/a/c.py", "lib/b.py", "parameters.json", "z.py"]);
  });

  it("The rules repository reads no more of a rule once its files have more bytes than Lambda takes.", async () => {
    // Real files would be 260 MB.
    const codecommit = mockClient(new CodeCommitClient(localClient(world.endpoint)));
    const files = many(100, (n) => `rules/A/${n}.bin`).map((absolutePath) => ({ absolutePath }));
    codecommit.on(GetFolderCommand).resolves({ files });
    codecommit.on(GetFileCommand).resolves({ fileContent: Buffer.alloc(5_242_880) });
    const rules = createRulesRepository(codecommit as unknown as CodeCommitClient);
    const commit = { repository: "config-rules", commitId: FIRST };
    const { problems } = await rules.read(commit, "rules/A", new AbortController().signal);
    expect(problems).toMatchObject([{ file: "", message: expect.stringContaining("Lambda takes 262144000 bytes") }]);
    // Fifty files have exactly the limit, and ten are read at once.
    expect(codecommit).toHaveReceivedCommandTimes(GetFileCommand, 60);
  });

  it("The rules repository fails the step where CodeCommit has a fault, and refuses no rule.", async () => {
    world.fail("CodeCommit", "GetFile", "EncryptionKeyAccessDeniedException");
    await expect(world.exportRule(FIRST, "rules/S3_VERSIONING_ON")).rejects.toThrow("GetFileCommand on");
    expect(world.callsOf("PutObject")).toEqual([]);
  });
});
