import { globSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";

const stages = globSync("stages/*/buildspec.yml").map((file) => ({
  stage: basename(dirname(file)),
  buildspec: parse(readFileSync(file, "utf8")),
}));

it.each(stages)(
  "The build of $stage runs its program with Node 22, and stops where it fails.",
  ({ stage, buildspec }) => {
    expect(buildspec).toMatchObject({
      version: 0.2,
      env: { shell: "bash", "git-credential-helper": "yes" },
      phases: { install: { "runtime-versions": { nodejs: 22 } }, build: { "on-failure": "ABORT" } },
      cache: { paths: ["cache/**/*"] },
    });
    expect(buildspec.phases.build.commands[0]).toBe(
      `node --enable-source-maps "$CODEBUILD_SRC_DIR/${stage}/index.mjs"`,
    );
  },
);

it("Every exported variable of Plan is read from the file that the program writes for it, and none else.", () => {
  const plan = stages.find(({ stage }) => stage === "plan")?.buildspec;
  const [, ...commands] = plan.phases.build.commands;
  expect(plan.env["exported-variables"]).toEqual(["CHANGES", "SUMMARY", "PLAN_SHA256", "PLAN_FINGERPRINT"]);
  expect(commands).toEqual(
    plan.env["exported-variables"].map((name: string) => `export ${name}="$(cat exported/${name})"`),
  );
  expect(plan.artifacts).toEqual({
    "base-directory": "plan",
    files: ["tfplan", ".terraform.lock.hcl", "summary.json"],
  });
});
