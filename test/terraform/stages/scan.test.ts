import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createMask } from "../../../shared/masked-text.ts";
import { createRunner } from "../../../shared/run-program.ts";
import { scanPlan } from "../../../stages/plan/scan.ts";
import { Root } from "../support/root.ts";

const PROVIDER = `
  terraform {
    required_providers {
      aws = { source = "hashicorp/aws" }
    }
  }
  provider "aws" {
    region                      = "us-east-1"
    access_key                  = "made-up"
    secret_key                  = "made-up"
    skip_credentials_validation = true
    skip_metadata_api_check     = true
    skip_requesting_account_id  = true
  }
`;
const ingress = (port: number, cidr: string) => `
  ingress {
    description = "${port}"
    from_port   = ${port}
    to_port     = ${port}
    protocol    = "tcp"
    cidr_blocks = ["${cidr}"]
  }
`;

/** What a plan of Terraform has, as the tests change it. */
// biome-ignore lint/suspicious/noExplicitAny: a plan has what its providers have.
type Plan = any;

const roots: Root[] = [];
const temporary = mkdtempSync(join(tmpdir(), "scanners-"));
// Other test files scan at the same time.
process.env.TMPDIR = temporary;
afterAll(() => {
  for (const root of roots) root.remove();
  rmSync(temporary, { recursive: true });
});

const newRoot = async (hcl: string, files: Record<string, string> = {}): Promise<Root> => {
  const root = new Root();
  roots.push(root);
  writeFileSync(join(root.folder, "main.tf"), hcl);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root.folder, dirname(name)), { recursive: true });
    writeFileSync(join(root.folder, name), text);
  }
  await root.run("init");
  return root;
};
const planOf = async (root: Root, ...args: string[]): Promise<Plan> => {
  await root.run("plan", ["-out=planned", ...args]);
  return JSON.parse(await root.run("show", ["-json", "planned"]));
};

const shown: string[] = [];
const { run } = createRunner(process.env, createMask(), (line) => shown.push(line));
const scanners = () => {
  const installed = join(inject("commands"), "trivy");
  return { trivy: existsSync(installed) ? installed : "trivy", checkov: join(inject("commands"), "checkov") };
};

/** A scanner that is a few lines of shell: `$FILE` is the plan, and `$REAL` the scanner whose place it takes. */
const standIn = (tool: "trivy" | "checkov", script: string) => {
  const path = join(temporary, `${tool}-${readdirSync(temporary).length}`);
  const lines = ["#!/bin/sh", `REAL='${scanners()[tool]}'`, 'for FILE in "$@"; do :; done', script];
  writeFileSync(path, lines.join("\n"), { mode: 0o755 });
  return { ...scanners(), [tool]: path };
};

const scan = (
  plan: Plan,
  { waivers = [], tools = scanners(), today = "2026-11-24" }: Partial<Parameters<typeof scanPlan>[0]> = {},
) =>
  scanPlan({
    plan,
    waivers,
    scan: { trivySeverities: ["CRITICAL", "HIGH"], checkovChecks: ["CKV_AWS_24"] },
    today,
    run,
    mask: createMask(),
    show: (line) => shown.push(line),
    tools,
  });
const stopping = ({ scan: { stopping } }: Awaited<ReturnType<typeof scan>>) =>
  stopping.map(({ tool, check, address }) => `${tool} ${check} ${address}`).sort();

const waiver = (check: string, address: string, expires = "2026-12-31") => ({
  check,
  address,
  reason: "the bastion of the migration",
  expires,
});

describe("a plan with resources in modules, with count and for_each, and with data that is read later", () => {
  let plan: Plan;
  beforeAll(async () => {
    const root = await newRoot(
      `${PROVIDER}
        module "net" {
          for_each = toset(["a.b", "c"])
          source   = "./net"
        }
        resource "aws_security_group" "second" {
          description = "the open port is in its second block"
          ${ingress(443, "10.0.0.0/8")}
          ${ingress(8443, "10.0.0.0/8")}
        }
        resource "aws_sqs_queue" "counted" {
          count                   = 2
          sqs_managed_sse_enabled = true
        }
        resource "aws_s3_bucket" "files" {
          for_each = toset(["x", "y"])
        }
        resource "aws_s3_bucket_public_access_block" "files" {
          for_each                = aws_s3_bucket.files
          bucket                  = each.value.id
          block_public_acls       = true
          block_public_policy     = true
          ignore_public_acls      = true
          restrict_public_buckets = true
        }
        resource "terraform_data" "text" { input = "<<EOF $\${x} \\" \\u001b" }
        data "aws_iam_policy_document" "late" {
          statement {
            actions   = ["s3:GetObject"]
            resources = [aws_sqs_queue.counted[0].arn]
          }
        }
        resource "aws_sqs_queue_policy" "late" {
          queue_url = aws_sqs_queue.counted[0].id
          policy    = data.aws_iam_policy_document.late.json
        }`,
      {
        "net/main.tf": `
          resource "aws_security_group" "peer" { description = "peer" }
          resource "aws_security_group" "open" {
            description = "unknown in a list"
            ingress {
              description     = "ssh"
              from_port       = 22
              to_port         = 22
              protocol        = "tcp"
              cidr_blocks     = ["0.0.0.0/0"]
              security_groups = [aws_security_group.peer.id]
            }
          }`,
      },
    );
    plan = await planOf(root);
  });

  it("The findings have the addresses of the plan, and links between resources hold for each of them.", async () => {
    const found = await scan(plan);
    expect(stopping(found)).toEqual([
      'checkov CKV_AWS_24 module.net["a.b"].aws_security_group.open',
      'checkov CKV_AWS_24 module.net["c"].aws_security_group.open',
      'trivy AWS-0107 module.net["a.b"].aws_security_group.open',
      'trivy AWS-0107 module.net["c"].aws_security_group.open',
      'trivy AWS-0132 aws_s3_bucket.files["x"]',
      'trivy AWS-0132 aws_s3_bucket.files["y"]',
    ]);
    expect(found.notes).toEqual([]);
    expect(shown).toContainEqual(
      expect.stringMatching(/^trivy \d+\.\d+\.\d+ and checkov \d+\.\d+\.\d+ read the whole plan\.$/),
    );
    expect(found.scan.other.length).toBeGreaterThan(10);
    expect(found.report).toContain('name="AWS-0107 HIGH module.net[&#34;a.b&#34;].aws_security_group.open"');
  });

  it("trivy by itself finds nothing in the same plan, with exit code 0: this is why we judge a copy.", async () => {
    const file = join(temporary, "plan.json");
    writeFileSync(file, JSON.stringify(plan));
    const args = ["config", "--skip-check-update", "--quiet", "--format=json", file];
    const { code, output } = await run(scanners().trivy, args, { folder: temporary, hidden: true });
    const { Results } = JSON.parse(output);
    expect([code, Results.flatMap((result: Plan) => result.Misconfigurations ?? [])]).toEqual([0, []]);
  });

  it("An open port in a block that is not the first is found.", async () => {
    const changed = structuredClone(plan);
    const { change } = changed.resource_changes.find(({ address }: Plan) => address === "aws_security_group.second");
    change.after.ingress[1] = { ...change.after.ingress[1], from_port: 22, to_port: 22, cidr_blocks: ["0.0.0.0/0"] };
    expect(stopping(await scan(changed))).toContain("trivy AWS-0107 aws_security_group.second");
  });

  it("A waiver counts until the end of its last day, for its check and its address alone.", async () => {
    const address = 'module.net["c"].aws_security_group.open';
    const waivers = [waiver("AVD-AWS-0107", address, "2026-11-24"), waiver("CKV_AWS_24", address)];
    const ofNet = ({ scan }: Awaited<ReturnType<typeof scanPlan>>, key: "stopping" | "waived") =>
      scan[key]
        .filter((finding) => finding.address.startsWith("module.net"))
        .map(({ check, address }) => [check, address]);
    const onTheDay = await scan(plan, { waivers });
    expect(ofNet(onTheDay, "waived")).toEqual([
      ["AWS-0107", address],
      ["CKV_AWS_24", address],
    ]);
    expect(ofNet(onTheDay, "stopping")).toEqual([
      ["AWS-0107", 'module.net["a.b"].aws_security_group.open'],
      ["CKV_AWS_24", 'module.net["a.b"].aws_security_group.open'],
    ]);
    expect(onTheDay.scan.waived[0]?.waiver).toEqual({ reason: "the bastion of the migration", expires: "2026-11-24" });
    expect(onTheDay.notes).toEqual([]);

    const dayAfter = await scan(plan, { waivers, today: "2026-11-25" });
    expect(ofNet(dayAfter, "waived")).toEqual([["CKV_AWS_24", address]]);
    expect(ofNet(dayAfter, "stopping")).toContainEqual(["AWS-0107", address]);
    expect(dayAfter.notes).toEqual([
      `The waiver of AVD-AWS-0107 for ${address} expired on 2026-11-24, and does not count.`,
    ]);
  });

  it("A plan of which checkov reads less than there is, is an error.", async () => {
    const less = standIn(
      "checkov",
      `sed 's/"aws_sqs_queue.counted\\[1\\]"/"aws_sqs_queue.counted[0]"/g' "$FILE" > less.json; "$REAL" --framework=terraform_plan --skip-download --output=json --file less.json`,
    );
    await expect(scan(plan, { tools: less })).rejects.toThrow(/^checkov read 12 resources, and the plan has 13: /);
  });

  it("A plan that trivy cannot read is an error, although trivy ends with exit code 0 and findings of none.", async () => {
    const broken = standIn(
      "trivy",
      `sed 's/"cidr_blocks":\\[/"cidr_blocks":[null,/g' "$FILE" > broken.json; "$REAL" config --quiet --skip-check-update --format=json broken.json`,
    );
    await expect(scan(plan, { tools: broken })).rejects.toThrow(
      /^trivy cannot read the plan: it did not find the open port 22/,
    );
  });
});

describe("plans without AWS", () => {
  let root: Root;
  beforeAll(async () => {
    root = await newRoot('resource "terraform_data" "a" { input = "1" }');
  });
  const write = (hcl: string) => writeFileSync(join(root.folder, "main.tf"), hcl);
  const clean = { scan: { stopping: [], waived: [], other: [] }, notes: [] };

  it("A plan with only terraform_data, without changes, with only outputs or only a destroy is clean, and both scanners prove that they read it.", async () => {
    const resource = 'resource "terraform_data" "a" { input = "1" }';
    write(resource);
    expect(await scan(await planOf(root))).toMatchObject(clean);
    await root.run("apply", ["-auto-approve"]);
    const unchanged = await planOf(root);
    expect([unchanged.applyable, await scan(unchanged)]).toMatchObject([false, clean]);
    write(`${resource}\noutput "b" { value = 1 }`);
    expect(await scan(await planOf(root))).toMatchObject(clean);
    write("");
    const destroyed = await planOf(root);
    expect(destroyed.resource_changes[0].change.actions).toEqual(["delete"]);
    expect(await scan(destroyed)).toMatchObject(clean);
  });

  it("checkov counts neither a resource that is destroyed nor one that is forgotten, and one that is replaced once.", async () => {
    write(
      'resource "terraform_data" "a" { triggers_replace = 1 }\nresource "terraform_data" "b" {}\nresource "terraform_data" "c" {}',
    );
    await root.run("apply", ["-auto-approve"]);
    write(
      'resource "terraform_data" "a" { triggers_replace = 2 }\nremoved {\n  from = terraform_data.c\n  lifecycle { destroy = false }\n}',
    );
    const plan = await planOf(root);
    expect(plan.resource_changes.map(({ address, change }: Plan) => [address, change.actions.join()])).toEqual([
      ["terraform_data.a", "delete,create"],
      ["terraform_data.b", "delete"],
      ["terraform_data.c", "forget"],
    ]);
    expect(await scan(plan)).toMatchObject(clean);
  });

  it.each([
    ["an empty object", {}],
    ["a plan without planned values", { format_version: "1.2", configuration: { root_module: {} } }],
    [
      "a plan of another format",
      { format_version: "2.0", planned_values: { root_module: {} }, configuration: { root_module: {} } },
    ],
  ])("%s is an error, and not clean.", async (_name, plan) => {
    await expect(scan(plan)).rejects.toThrow(/^The JSON of the plan cannot be scanned\./);
  });

  it.each([
    ["crashes", "exit 137", /ended with exit code 137/],
    ["prints nothing", "exit 0", /printed no JSON/],
    ["prints half of its report", "echo '{\"Results\": ['", /printed no JSON/],
    ["prints another report", "echo '{}'", /printed no report of a plan/],
    [
      "finds nothing, not even the bait",
      'echo \'{"SchemaVersion": 2, "Results": [], "check_type": "terraform_plan", "results": {"failed_checks": []}, "summary": {"parsing_errors": 0, "resource_count": 0}}\'',
      /cannot read the plan/,
    ],
  ])("A scanner that %s is an error.", async (_name, script, message) => {
    write("");
    const plan = await planOf(root);
    for (const tool of ["trivy", "checkov"] as const)
      await expect(scan(plan, { tools: standIn(tool, script) })).rejects.toThrow(message);
  });

  it("The bait's address in a plan of a team is an error.", async () => {
    const resource = {
      address: "aws_security_group.palisade_bait",
      mode: "managed",
      type: "aws_security_group",
      name: "palisade_bait",
    };
    await expect(
      scan({
        format_version: "1.2",
        planned_values: { root_module: { resources: [resource] } },
        configuration: { root_module: {} },
      }),
    ).rejects.toThrow("The plan has a resource aws_security_group.palisade_bait");
  });

  it("Copies of the plan, which has secrets, are gone afterwards.", () => {
    expect(tmpdir()).toBe(temporary);
    expect(readdirSync(temporary).filter((name) => name.startsWith("scan-copies-"))).toEqual([]);
  });
});
