import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
const scanners = () => ({ trivy: join(inject("commands"), "trivy"), checkov: join(inject("commands"), "checkov") });

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

const SSH = { tool: "trivy", check: "AWS-0107", severity: "HIGH" };

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
        resource "terraform_data" "text" { input = "<<EOF \${ \\" \\u001b" }
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

  it("The findings have the addresses of the plan, with modules and indexes.", async () => {
    const found = await scan(plan);
    expect(stopping(found)).toMatchInlineSnapshot();
    expect(found.notes).toEqual([]);
  });
});
