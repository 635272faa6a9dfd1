import { expect, it } from "vitest";
import { parseHcl } from "../../../scripts/hcl.ts";
import { providerSchema } from "../../../scripts/schema-v6.ts";
import schema from "../schema-v6.json" with { type: "json" };
import { schemaFaults } from "./schema-faults.ts";

const faultsOf = async (text: string) => schemaFaults(await parseHcl(text), providerSchema.parse(schema));

it.each([
  [
    "an unknown resource",
    `resource "aws_s3_buckett" "state" {
       bucket = aws_kms_key.state.armm
     }`,
    [
      "aws_s3_buckett.state: There is no aws_s3_buckett.",
      "aws_s3_buckett.state: There is no attribute aws_kms_key.armm.",
    ],
  ],
  ["an unknown data source", `data "aws_regionn" "this" {}`, ["data.aws_regionn.this: There is no data.aws_regionn."]],
  [
    "a resource where only a data source exists",
    `resource "aws_caller_identity" "this" {}`,
    ["aws_caller_identity.this: There is no aws_caller_identity."],
  ],
  [
    "an unknown argument",
    `resource "aws_kms_key" "state" {
       enable_rotation = true
     }`,
    ["aws_kms_key.state: There is no argument or block aws_kms_key.enable_rotation."],
  ],
  [
    "an unknown argument of a data source in a check",
    `check "network" {
       data "aws_region" "this" {
         nme = "eu-central-1"
       }
     }`,
    ["data.aws_region.this: There is no argument or block data.aws_region.nme."],
  ],
  [
    "an argument that version 6 dropped",
    `resource "aws_eip" "nat" {
       vpc = true
     }`,
    ["aws_eip.nat: There is no argument or block aws_eip.vpc."],
  ],
  [
    "an argument that only the provider sets",
    `resource "aws_kms_key" "state" {
       arn = "made-up"
     }`,
    ["aws_kms_key.state: Only the provider sets aws_kms_key.arn."],
  ],
  [
    "a missing required argument",
    `resource "aws_s3_bucket_policy" "state" {
       bucket = "made-up"
     }`,
    ["aws_s3_bucket_policy.state: aws_s3_bucket_policy.policy is missing."],
  ],
  [
    "a missing required block",
    `resource "aws_s3_bucket_versioning" "state" {
       bucket = "made-up"
     }`,
    ["aws_s3_bucket_versioning.state: aws_s3_bucket_versioning.versioning_configuration is missing."],
  ],
  [
    "an unknown block",
    `resource "aws_kms_key" "state" {
       rotation {}
     }`,
    ["aws_kms_key.state: There is no argument or block aws_kms_key.rotation."],
  ],
  [
    "an unknown argument, a missing one and an unknown block in nested blocks",
    `resource "aws_s3_bucket_lifecycle_configuration" "state" {
       bucket = "made-up"

       rule {
         id = "old"

         noncurrent_version_expiration {
           days = 1
         }

         noncurrent_version_expirations {}
       }
     }`,
    [
      "aws_s3_bucket_lifecycle_configuration.state: There is no argument or block aws_s3_bucket_lifecycle_configuration.rule.noncurrent_version_expiration.days.",
      "aws_s3_bucket_lifecycle_configuration.state: aws_s3_bucket_lifecycle_configuration.rule.noncurrent_version_expiration.noncurrent_days is missing.",
      "aws_s3_bucket_lifecycle_configuration.state: There is no argument or block aws_s3_bucket_lifecycle_configuration.rule.noncurrent_version_expirations.",
      "aws_s3_bucket_lifecycle_configuration.state: aws_s3_bucket_lifecycle_configuration.rule.status is missing.",
    ],
  ],
  [
    "a block that is written as an argument",
    `resource "aws_s3_bucket_versioning" "state" {
       bucket                   = "made-up"
       versioning_configuration = { status = "Enabled" }
     }`,
    ["aws_s3_bucket_versioning.state: aws_s3_bucket_versioning.versioning_configuration is a block."],
  ],
  [
    "an unknown argument in an attribute of objects",
    `resource "aws_default_security_group" "closed" {
       ingress = [{ port = 1 }]
     }`,
    ["aws_default_security_group.closed: There is no argument or block aws_default_security_group.ingress.port."],
  ],
])("The check of provider 6 finds %s.", async (_fault, text, faults) => {
  expect(await faultsOf(text)).toEqual(faults);
});

const dynamic = (rule: string, label = "rule") => `
  resource "aws_s3_bucket" "each" {
    for_each = toset(["a"])
  }

  resource "aws_s3_bucket_lifecycle_configuration" "state" {
    bucket = "made-up"

    dynamic "${label}" {
      for_each = aws_s3_bucket.each
      iterator = kept

      content {
        status = "Enabled"
        ${rule}
      }
    }
  }`;
const LIFECYCLE = "aws_s3_bucket_lifecycle_configuration";

it.each([
  [
    "an unknown argument",
    dynamic("id = 1\ndays = 1"),
    [`${LIFECYCLE}.state: There is no argument or block ${LIFECYCLE}.rule.days.`],
  ],
  [
    "a missing required argument",
    dynamic("id = 1").replace('status = "Enabled"', ""),
    [`${LIFECYCLE}.state: ${LIFECYCLE}.rule.status is missing.`],
  ],
  [
    "a wrong attribute of what it goes over",
    dynamic("id = kept.value.buckett"),
    [`${LIFECYCLE}.state: There is no attribute aws_s3_bucket.buckett.`],
  ],
  [
    "an unknown block",
    dynamic("id = 1", "rules"),
    [`${LIFECYCLE}.state: There is no argument or block ${LIFECYCLE}.rules.`],
  ],
  [
    "an unknown argument in another dynamic block",
    dynamic(`id = 1
      dynamic "filter" {
        for_each = [1]

        content {
          suffix = filter.value
        }
      }`),
    [`${LIFECYCLE}.state: There is no argument or block ${LIFECYCLE}.rule.filter.suffix.`],
  ],
  [
    "a required block",
    `resource "aws_s3_bucket_versioning" "state" {
       bucket = "made-up"

       dynamic "versioning_configuration" {
         for_each = [1]

         content {
           status = "Enabled"
         }
       }
     }`,
    [],
  ],
  ["no fault in a right one", dynamic("id = kept.value.bucket"), []],
])("In a dynamic block, the check of provider 6 finds %s.", async (_fault, text, faults) => {
  expect(await faultsOf(text)).toEqual(faults);
});

it.each([
  ["aws_s3_bucket.state.arm", "aws_s3_bucket.arm"],
  ["data.aws_caller_identity.current.account", "data.aws_caller_identity.account"],
  [`"a \${aws_s3_bucket.state.arm} b"`, "aws_s3_bucket.arm"],
  ['"%{if aws_s3_bucket.state.arm}a%{endif}"', "aws_s3_bucket.arm"],
  [`<<-EOT\n  "a" \${aws_s3_bucket.state.arm}\nEOT`, "aws_s3_bucket.arm"],
  ['aws_s3_bucket.state["a"].arm', "aws_s3_bucket.arm"],
  ["aws_s3_bucket.state[each.key].arm", "aws_s3_bucket.arm"],
  ["aws_s3_bucket.state[*].arm", "aws_s3_bucket.arm"],
  ["aws_s3_bucket.state.*.arm", "aws_s3_bucket.arm"],
  ["values(aws_s3_bucket.state)[*].arm", "aws_s3_bucket.arm"],
  ["one(aws_s3_bucket.state).arm", "aws_s3_bucket.arm"],
  ["(aws_s3_bucket.state).arm", "aws_s3_bucket.arm"],
  ["(true ? aws_s3_bucket.state : null).arm", "aws_s3_bucket.arm"],
  ["[for bucket in aws_s3_bucket.state : bucket.arm]", "aws_s3_bucket.arm"],
  ["{ for key, bucket in aws_s3_bucket.state : bucket.arm => key }", "aws_s3_bucket.arm"],
  ["[for key, bucket in aws_s3_bucket.state : key if bucket.arm]", "aws_s3_bucket.arm"],
  ["[for bucket in aws_s3_bucket.state : bucket][0].arm", "aws_s3_bucket.arm"],
  ["{ a = [{ (aws_s3_bucket.state.arm) = 1 }] }", "aws_s3_bucket.arm"],
  ["try(aws_s3_bucket.state.arm, null)", "aws_s3_bucket.arm"],
  ["!aws_s3_bucket.state.arm", "aws_s3_bucket.arm"],
  ["aws_s3_bucket.state.arn.name", "aws_s3_bucket.arn.name"],
  ["aws_s3_bucket.state.versioning[0].enable", "aws_s3_bucket.versioning.enable"],
  [
    "aws_networkfirewall_firewall.this.firewall_status[0].sync_states[*].attachment[0].endpoint",
    "aws_networkfirewall_firewall.firewall_status.sync_states.attachment.endpoint",
  ],
])("The check of provider 6 finds the wrong attribute in %s.", async (expression, attribute) => {
  expect(await faultsOf(`locals {\n  read = ${expression}\n}`)).toEqual([
    `locals: There is no attribute ${attribute}.`,
  ]);
  expect(await faultsOf(`resource "aws_kms_key" "state" {\n  description = ${expression}\n}`)).toEqual([
    `aws_kms_key.state: There is no attribute ${attribute}.`,
  ]);
});

it("The check of provider 6 finds wrong attributes of each.value and self, in for_each, depends_on and lifecycle.", async () => {
  const text = `
    resource "aws_kms_key" "each" {
      for_each    = aws_s3_bucket.state
      description = each.value.arm
      depends_on  = [aws_s3_buckett.state]

      lifecycle {
        ignore_changes = [descriptionn, tags["a"]]

        postcondition {
          condition     = self.key != ""
          error_message = ""
        }
      }
    }

    resource "aws_kms_alias" "each" {
      for_each      = toset([aws_s3_bucket.state.arm])
      target_key_id = each.value
    }`;
  expect((await faultsOf(text)).sort()).toEqual([
    "aws_kms_alias.each: There is no attribute aws_s3_bucket.arm.",
    "aws_kms_key.each: There is no attribute aws_kms_key.descriptionn.",
    "aws_kms_key.each: There is no attribute aws_kms_key.key.",
    "aws_kms_key.each: There is no attribute aws_s3_bucket.arm.",
    "aws_kms_key.each: There is no aws_s3_buckett.",
  ]);
});

it("The check of provider 6 finds a wrong attribute in an output, a module, a provider and a check.", async () => {
  const text = `
    output "bucket" {
      value = aws_s3_bucket.state.a
    }

    module "function" {
      source = "../modules/event-processor"
      bucket = aws_s3_bucket.state.b
    }

    provider "aws" {
      default_tags {
        tags = { bucket = aws_s3_bucket.state.c }
      }
    }

    check "bucket" {
      assert {
        condition     = aws_s3_bucket.state.d == ""
        error_message = ""
      }
    }`;
  expect((await faultsOf(text)).sort()).toEqual([
    "check: There is no attribute aws_s3_bucket.d.",
    "module: There is no attribute aws_s3_bucket.b.",
    "output: There is no attribute aws_s3_bucket.a.",
    "provider: There is no attribute aws_s3_bucket.c.",
  ]);
});

it("The check of provider 6 lets pass all that Terraform decides: keys of maps, other providers, and what has moved.", async () => {
  const text = `
    moved {
      from = aws_elasticache_security_group.gone
      to   = aws_s3_bucket.state
    }

    resource "terraform_data" "this" {
      input = terraform_data.other.output.any
    }

    resource "aws_s3_bucket" "state" {
      for_each      = var.buckets
      bucket        = each.value.any
      force_destroy = "$\${aws_s3_bucket.state.text}" == local.any.key
      tags          = { for bucket in var.buckets : bucket.any => bucket.any.key }

      lifecycle {
        ignore_changes = all
      }
    }

    output "any" {
      value = [
        aws_s3_bucket.state["a"].tags.any,
        { for key, bucket in aws_s3_bucket.state : bucket.arn => bucket }.any.arn,
        jsondecode(aws_s3_bucket.state.policy).any,
        module.any.aws_s3_bucket,
      ]
    }`;
  expect(await faultsOf(text)).toEqual([]);
});
