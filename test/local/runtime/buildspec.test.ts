import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readBuildspec } from "../../../local/runtime/buildspec.ts";

const FIXTURES = "test/local/runtime/fixtures/release";

it("A buildspec of version 0.2 is read with its defaults.", () => {
  expect(readBuildspec("version: 0.2\nphases:\n  build:\n    commands: [ls]\n", "a")).toEqual({
    version: 0.2,
    env: { shell: "bash", variables: {}, "exported-variables": [], "git-credential-helper": false },
    phases: { build: { commands: ["ls"], finally: [] } },
    reports: {},
    cache: { paths: [] },
  });
});

it.each(["plan.yml", "apply.yml"])("The buildspec %s is read.", (name) => {
  expect(readBuildspec(readFileSync(`${FIXTURES}/${name}`, "utf8"), name).phases.build?.["on-failure"]).toBe("ABORT");
});

it.each([
  ["another version", "version: 0.1\nphases: {}"],
  ["an unknown key", "version: 0.2\nrun-as: root\nphases: {}"],
  ["an unknown phase", "version: 0.2\nphases:\n  deploy:\n    commands: [ls]"],
  ["an unknown key of a phase", "version: 0.2\nphases:\n  build:\n    run-as: root\n    commands: [ls]"],
  ["another shell", "version: 0.2\nenv:\n  shell: sh\nphases: {}"],
  ["secrets", "version: 0.2\nenv:\n  secrets-manager: {A: b}\nphases: {}"],
  ["a retry", "version: 0.2\nphases:\n  build:\n    on-failure: RETRY\n    commands: [ls]"],
  ["secondary artifacts", "version: 0.2\nphases: {}\nartifacts:\n  files: [a]\n  secondary-artifacts: {}"],
  ["another runtime", "version: 0.2\nphases:\n  install:\n    runtime-versions: {python: 3.12}"],
  ["another format of reports", "version: 0.2\nphases: {}\nreports:\n  a:\n    files: [b]\n    file-format: NUNITXML"],
])("A buildspec with %s is an error that names the build.", (_what, text) => {
  expect(() => readBuildspec(text, "sample-plan")).toThrow("The buildspec of sample-plan is wrong");
});
