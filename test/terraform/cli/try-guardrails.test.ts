import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, expect, inject, it } from "vitest";
import type { Report } from "../../../functions/guardrail-merger/report.ts";
import { terraformEnvironment } from "../../../local/terraform/root.ts";
import { runCommandFile } from "../../support/run-command.ts";

const temporary = mkdtempSync(join(tmpdir(), "palisade try-"));
afterAll(() => rmSync(temporary, { recursive: true }));

const FEATURE = `Feature: Markers
  Scenario: Markers are approved
    Given I have terraform_data defined
    Then it must have input
    And its value must be approved

  @warn
  Scenario: Markers have a short name
    Given I have terraform_data defined
    When its name is a_very_long_name
    Then it must have no_such_property

  Scenario: Volumes are encrypted
    Given I have aws_ebs_volume defined
    Then it must have encrypted
`;

let world: string;
beforeEach(() => {
  world = mkdtempSync(join(temporary, "world-"));
  write("guardrails/markers.feature", FEATURE);
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(world, path)), { recursive: true });
  writeFileSync(join(world, path), text);
}

const marker = (name: string, input: string) => `resource "terraform_data" "${name}" { input = "${input}" }\n`;

function tryGuardrails(...args: string[]) {
  const environment = Object.fromEntries(
    Object.entries(terraformEnvironment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const path = `${dirname(inject("compliance"))}:${process.env.PATH}`;
  return runCommandFile("cli/try-guardrails.ts", ["--guardrails", "guardrails", ...args], {
    ...environment,
    PATH: path,
    TMPDIR: temporary,
    INIT_CWD: world,
  });
}

it("try-guardrails plans folders as the user is, says in words and on the page what fails, and ends with 1.", async () => {
  write("web/main.tf", marker("good", "approved"));
  write("payments/main.tf", `${marker("bad", "draft")}${marker("a_very_long_name", "approved")}`);
  const { code, stdout } = await tryGuardrails("--workload", "web", "--workload", "payments", "--page", "page.html");
  expect(stdout.split("\n").slice(0, -2).join("\n")).toMatchInlineSnapshot(`
    "Guardrails of guardrails, not committed

    web  complies
      1 passed, 2 not applicable

    payments  does not comply
      fails, block: Markers are approved (markers)
        terraform_data.bad
          input property in terraform_data.bad resource does not match with ^approved$ case insensitive regex. It is set to draft.
      fails, warn: Markers have a short name (markers)
        terraform_data.a_very_long_name
          terraform_data.a_very_long_name (terraform_data) does not have no_such_property property.
      0 passed, 1 not applicable

    The guardrails would stop 1 of 2 workloads, 1 resource."
  `);
  expect(code).toBe(1);
  const page = readFileSync(join(world, "page.html"), "utf8");
  expect(page).toContain("1 of 2 workloads does not comply.");
  expect(page).toContain("terraform_data.bad");
});

it("try-guardrails writes neither into the folder of a workload nor into that of the guardrails.", async () => {
  // Terraform writes a lock file of providers that it has to get.
  const provider = 'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n';
  write("web/main.tf", provider + marker("good", "approved"));
  write("other/main.tf", provider + marker("good", "approved"));
  write("other/.terraform.lock.hcl", "# the user's own\n");
  const { code } = await tryGuardrails("--workload", "web", "--workload", "other");
  expect(code).toBe(0);
  expect(readdirSync(join(world, "web"))).toEqual(["main.tf"]);
  expect(readFileSync(join(world, "other/.terraform.lock.hcl"), "utf8")).toBe("# the user's own\n");
  expect(readdirSync(join(world, "guardrails"))).toEqual(["markers.feature"]);
  expect(readdirSync(temporary).filter((name) => name.startsWith("palisade try-"))).toEqual([]);
});

it("try-guardrails plans an initialized folder with the workspace that the user chose.", async () => {
  write("web/main.tf", 'resource "terraform_data" "it" { input = terraform.workspace }\n');
  const terraform = (...args: string[]) =>
    execFileSync("terraform", args, { cwd: join(world, "web"), env: terraformEnvironment, stdio: "pipe" });
  terraform("init");
  terraform("workspace", "new", "approved");
  expect(await tryGuardrails("--workload", "web")).toMatchObject({ code: 0 });
});

it("try-guardrails does not wait for the lock of a state, and takes none.", async () => {
  const slow = 'resource "terraform_data" "slow" {\n  provisioner "local-exec" {\n    command = "sleep 60"\n  }\n}\n';
  write("web/main.tf", `${marker("good", "approved")}${slow.replace("{", '{\n  input = "approved"')}`);
  const options = { cwd: join(world, "web"), env: terraformEnvironment };
  execFileSync("terraform", ["init"], options);
  const apply = spawn("terraform", ["apply", "-auto-approve"], { ...options, detached: true });
  try {
    await expect
      .poll(() => existsSync(join(world, "web/.terraform.tfstate.lock.info")), { timeout: 30_000 })
      .toBe(true);
    expect(await tryGuardrails("--workload", "web")).toMatchObject({ code: 0 });
  } finally {
    const ended = new Promise((resolve) => apply.once("exit", resolve));
    // Its group: the sleep, too.
    if (apply.pid !== undefined) process.kill(-apply.pid, "SIGKILL");
    await ended;
  }
});

it("try-guardrails takes the JSON of a plan, in one line or pretty, and says which commit of the guardrails it tried.", async () => {
  write("web/main.tf", marker("bad", "draft"));
  const terraform = (...args: string[]) =>
    execFileSync("terraform", args, { cwd: join(world, "web"), env: terraformEnvironment, encoding: "utf8" });
  terraform("init");
  terraform("plan", "-out=../web.plan");
  const json = terraform("show", "-json", "../web.plan");
  write("one-line.json", json);
  write("pretty.json", JSON.stringify(JSON.parse(json), null, 2));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=ana", "-c", "user.email=ana@example.com", ...args], {
      cwd: join(world, "guardrails"),
      encoding: "utf8",
    });
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "--message", "Guardrails");
  const workloads = ["--workload", "one-line.json", "--workload", "b=pretty.json", "--workload", "c=web.plan"];
  const { code, stdout } = await tryGuardrails(...workloads, "--json");
  const report: Report = JSON.parse(stdout);
  expect(code).toBe(1);
  expect(report.commitId).toBe(git("rev-parse", "HEAD").trim());
  const [one, pretty, saved] = report.workloads;
  expect([one?.workload, pretty?.workload]).toEqual(["one-line", "b"]);
  expect(one?.compliance?.scenarios).toEqual(pretty?.compliance?.scenarios);
  expect(one?.compliance?.scenarios.map(({ verdict }) => verdict)).toEqual([
    "failed",
    "not applicable",
    "not applicable",
  ]);
  expect(saved?.couldNotCheck).toContain("terraform show -json");

  write("guardrails/markers.feature", `${FEATURE}# changed\n`);
  const changed: Report = JSON.parse((await tryGuardrails("--workload", "one-line.json", "--json")).stdout);
  expect(changed.commitId).toBe("not committed");
});

it("try-guardrails exempts what a waiver covers, and fails again when it has expired.", async () => {
  write("web/main.tf", marker("bad", "draft"));
  const waiver = (expires: string) =>
    JSON.stringify([
      {
        ...{ scenario: "Markers are approved", address: "terraform_data.bad", reason: "It is replaced in January." },
        ...{ owner: "web@example.com", approvedBy: "ana@example.com", expires },
      },
    ]);
  write("guardrails/waivers/web.json", waiver("2999-12-31"));
  const exempted = await tryGuardrails("--workload", "web");
  expect(exempted.stdout).toContain("exempted until 2999-12-31: Markers are approved (markers)");
  expect(exempted.stdout).toContain("It is replaced in January. (web@example.com, approved by ana@example.com)");
  expect(exempted.code).toBe(0);
  write("guardrails/waivers/web.json", waiver("2020-12-31"));
  const expired = await tryGuardrails("--workload", "web");
  expect(expired.stdout).toContain("expired on 2020-12-31, and does not count.");
  expect(expired.code).toBe(1);
});

it("try-guardrails says why a workload could not be checked, checks the others, and ends with 1.", async () => {
  write("web/main.tf", marker("good", "approved"));
  write("broken/main.tf", 'resource "terraform_data" "x" { no_such = 1 }\n');
  write("guardrails/waivers/waived.json", "[");
  write("waived/main.tf", marker("good", "approved"));
  const { code, stdout } = await tryGuardrails("--workload", "broken", "--workload", "waived", "--workload", "web");
  expect(stdout).toMatch(/broken {2}could not check\n {2}.*Unsupported argument/);
  expect(stdout).toMatch(/waived {2}could not check\n {2}waivers\/waived\.json is no JSON\./);
  expect(stdout).toMatch(/web {2}complies/);
  expect(code).toBe(1);
  expect(existsSync(join(world, "guardrails.html"))).toBe(true);
});

it("try-guardrails does not use another version of terraform-compliance that it finds on the PATH.", async () => {
  write("web/main.tf", marker("good", "approved"));
  write("bin/terraform-compliance", "#!/bin/sh\necho 1.3.0\n");
  chmodSync(join(world, "bin/terraform-compliance"), 0o755);
  const { code, stdout, stderr } = await runCommandFile(
    "cli/try-guardrails.ts",
    ["--guardrails", "guardrails", "--workload", "web"],
    { INIT_CWD: world, PATH: `${join(world, "bin")}:${process.env.PATH}` },
  );
  expect(stderr).toContain("terraform-compliance on the PATH is not 1.16.0, and is not used.");
  expect([code, stdout]).toEqual([0, expect.stringContaining("web  complies")]);
});
