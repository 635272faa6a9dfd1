import type { Report, WorkloadCheck } from "../../functions/guardrail-merger/report.ts";
import { countVerdicts } from "../../functions/guardrail-merger/report.ts";
import type { Compliance, Level, ScenarioVerdict } from "../../shared/compliance.ts";

const COMMIT = "77fd303631de0481cce8ff3b895f1cd0550aa104";
const ACTIVE_COMMIT = "3f1c9a5e0b7d4c2f8a6e1d9b0c4f7a2e5d8b1c3f";
const AT = "2026-11-24T10:34:30Z";

type Resource = ScenarioVerdict["resources"][number];
type Found = Pick<ScenarioVerdict, "verdict" | "resources">;

export const guardrail = (
  feature: string,
  scenario: string,
  verdict: ScenarioVerdict["verdict"] = "passed",
  resources: Resource[] = [],
  level: Level = "block",
): ScenarioVerdict => ({ feature, scenario, level, verdict, resources });

export const failing = (address: string, reason = `${address} lacks what the guardrail asks.`): Resource => ({
  address,
  verdict: "failed",
  reason,
});

export const exempted = (address: string, expires = "2027-01-31", reason = "It is replaced in January."): Resource => ({
  ...failing(address),
  verdict: "exempted",
  exemption: { reason, owner: "web@example.com", approvedBy: "ana@example.com", expires },
});

export const checked = (
  workload: string,
  scenarios: ScenarioVerdict[],
  { owner = `${workload}@example.com`, notes = [] as string[], commitId = COMMIT } = {},
): WorkloadCheck => {
  const compliance: Compliance = {
    workload,
    owner,
    guardrails: { repository: "guardrails", commitId },
    planned: { repository: workload, commitId: "cde99ae0c2e84ad1a3bd5a1e3c2f4b5a6d7e8f90", path: "infra" },
    checkedAt: AT,
    terraform: "1.15.8",
    terraformCompliance: "1.16.0",
    scenarios,
    notes,
  };
  return { workload, owner, compliance };
};

export const unchecked = (workload: string, couldNotCheck: string): WorkloadCheck => ({
  workload,
  owner: `${workload}@example.com`,
  couldNotCheck,
});

export const reportOf = (workloads: readonly WorkloadCheck[], more: Partial<Report> = {}): Report => ({
  repository: "guardrails",
  commitId: COMMIT,
  at: AT,
  outcome: "The guardrails are active: every workload complies.",
  workloads,
  trend: [{ at: AT, commitId: COMMIT, counts: countVerdicts(workloads) }],
  ...more,
});

const GUARDRAILS: readonly (readonly [feature: string, scenario: string, level: Level])[] = [
  ["alarms", "Every queue of failed events has an alarm", "warn"],
  ["encryption", "Volumes are encrypted", "block"],
  ["encryption", "Databases are encrypted", "block"],
  ["encryption", "Buckets are encrypted with a key of ours", "warn"],
  ["iam", "No statement allows every action", "block"],
  ["iam", "No statement allows every resource", "observe"],
  ["logging", "There is a trail of all regions", "block"],
  ["logging", "Log groups have a retention", "warn"],
  ["names-and-tags", "Resources have the tags owner and cost-center", "block"],
  ["public-buckets", "Buckets block public access", "block"],
  ["runtimes", "Functions have a runtime in support", "block"],
  ["security-groups", "Ports below 1024 are closed to the internet", "block"],
  ["security-groups", "No range of ports is open to the internet", "block"],
];

/** The realistic check: a new guardrail on volumes would stop two of seven workloads. */
export function sampleReport(): Report {
  const with_ = (found: Record<string, Found>, known = GUARDRAILS) =>
    known.map(([feature, scenario, level]) =>
      guardrail(feature, scenario, found[scenario]?.verdict, found[scenario]?.resources, level),
    );
  const none: Found = { verdict: "not applicable", resources: [] };
  const fails = (...resources: Resource[]): Found => ({ verdict: "failed", resources });
  const exempt = (...resources: Resource[]): Found => ({ verdict: "exempted", resources });
  const lacks = (address: string, property: string) =>
    failing(address, `${address} (${address.split(".").at(-2)}) does not have ${property} property.`);

  const payments = {
    "Volumes are encrypted": fails(
      lacks("module.workers.aws_ebs_volume.scratch[0]", "encrypted"),
      lacks("module.workers.aws_ebs_volume.scratch[1]", "encrypted"),
      failing(
        "aws_ebs_volume.archive",
        "aws_ebs_volume.archive (aws_ebs_volume) has encrypted = false, and must have true.",
      ),
    ),
    "Log groups have a retention": fails(lacks('aws_cloudwatch_log_group.worker["settlement"]', "retention_in_days")),
    "Functions have a runtime in support": none,
  };
  const web = {
    "Volumes are encrypted": none,
    "Databases are encrypted": none,
    "Buckets block public access": exempt({
      ...exempted("aws_s3_bucket.press", "2026-12-08", "Press kits are public until the new site is live."),
      reason: "aws_s3_bucket.press (aws_s3_bucket) has no aws_s3_bucket_public_access_block.",
    }),
    "No statement allows every resource": fails(
      failing("aws_iam_role_policy.deploy", 'aws_iam_role_policy.deploy (aws_iam_role_policy) has Resource = "*".'),
    ),
  };
  const data = {
    "Volumes are encrypted": fails(
      lacks("aws_instance.notebook", "root_block_device.encrypted"),
      lacks('aws_ebs_volume.lake["eu-central-1a"]', "encrypted"),
    ),
    "Buckets are encrypted with a key of ours": fails(
      ...["raw", "curated", "exports"].map((name) => lacks(`aws_s3_bucket.zone["${name}"]`, "kms_master_key_id")),
    ),
    "Every queue of failed events has an alarm": none,
    "Functions have a runtime in support": fails(
      failing(
        "aws_lambda_function.resize",
        "aws_lambda_function.resize (aws_lambda_function) has runtime = python3.8.",
      ),
    ),
  };
  const quiet = Object.fromEntries(
    ["Volumes are encrypted", "Databases are encrypted", "Every queue of failed events has an alarm"].map((name) => [
      name,
      none,
    ]),
  );
  const before = GUARDRAILS.filter(([, scenario]) => scenario !== "Volumes are encrypted");
  const owners = { payments: "payments-oncall@example.com", web: "web@example.com", data: "data-platform@example.com" };
  const workloads = [
    checked("payments", with_(payments), { owner: owners.payments }),
    checked("web", with_(web), {
      owner: owners.web,
      notes: ["The waiver of “Databases are encrypted” for aws_db_instance.legacy matches nothing any more."],
    }),
    checked("data-lake", with_(data), { owner: owners.data }),
    checked("mail", with_(quiet)),
    checked("identity", with_({ "Functions have a runtime in support": none })),
    unchecked(
      "search",
      'Terraform could not plan: Error: Unsupported argument. An argument named "acl" is not expected here.',
    ),
    checked(
      "billing",
      with_({
        ...quiet,
        "Log groups have a retention": fails(lacks("aws_cloudwatch_log_group.jobs", "retention_in_days")),
      }),
    ),
  ];
  const active = [
    checked("payments", with_(payments, before), { owner: owners.payments, commitId: ACTIVE_COMMIT }),
    checked("web", with_({ ...web, "Buckets block public access": fails(failing("aws_s3_bucket.press")) }, before), {
      owner: owners.web,
    }),
    checked("data-lake", with_({ ...data, "Functions have a runtime in support": none }, before), {
      owner: owners.data,
    }),
    checked("mail", with_(quiet, before)),
    checked("identity", with_({}, before)),
    checked("search", with_({}, before)),
  ];
  const failed = [14, 14, 13, 11, 12, 9, 9, 8, 6, 7, 5];
  return reportOf(workloads, {
    execution: "12345678-1234-4234-8bcd-000000000019",
    outcome: "The guardrails are not active: 2 of 7 workloads do not comply, and 1 could not be checked.",
    active: { commitId: ACTIVE_COMMIT, workloads: active },
    trend: [
      ...failed.map((count, index) => ({
        at: `2026-11-${String(index * 2 + 2).padStart(2, "0")}T09:10:00Z`,
        commitId: ACTIVE_COMMIT,
        counts: {
          failed: count,
          "could not check": index === 4 ? 12 : 0,
          exempted: index < 6 ? 0 : 1,
          passed: 60 - count,
          "not applicable": 11,
        },
      })),
      { at: AT, commitId: COMMIT, counts: countVerdicts(workloads) },
    ],
  });
}

/** A check of many workloads with many guardrails, always the same. */
export function largeReport(workloads = 50, guardrails = 60): Report {
  const areas = ["data", "web", "mobile", "billing", "identity", "search", "mail", "risk", "ledger", "partner-gateway"];
  const features = [...new Set(GUARDRAILS.map(([feature]) => feature))];
  const known = Array.from({ length: guardrails }, (_, index) => {
    const [feature, scenario, level] = GUARDRAILS[index % GUARDRAILS.length] ?? GUARDRAILS[0] ?? ["", "", "block"];
    const round = Math.floor(index / GUARDRAILS.length);
    return {
      feature: features.includes(feature) ? feature : "",
      level,
      scenario: round === 0 ? scenario : `${scenario} (variant ${round})`,
    };
  });
  const checks = Array.from({ length: workloads }, (_, column) => {
    const name = `${areas[column % areas.length]}-${["prod", "staging", "dev", "qa", "sandbox"][Math.floor(column / areas.length) % 5]}`;
    if (column % 23 === 11) return unchecked(name, "Terraform could not plan: Error: no credentials for the provider.");
    return checked(
      name,
      known.map(({ feature, scenario, level }, row) => {
        const dice = (row * 7_919 + column * 104_729 + row * column) % 100;
        const address = (index: number) => `module.service["${name}"].aws_thing.part_${row}[${index}]`;
        if (dice < 5)
          return guardrail(
            feature,
            scenario,
            "failed",
            Array.from({ length: 1 + (dice % 4) }, (_, index) => failing(address(index))),
            level,
          );
        if (dice < 7) return guardrail(feature, scenario, "exempted", [exempted(address(0))], level);
        return guardrail(feature, scenario, dice < 25 ? "not applicable" : "passed", [], level);
      }),
      { owner: `${areas[column % areas.length]}-team@example.com` },
    );
  });
  return {
    ...sampleReport(),
    workloads: checks,
    outcome: "The guardrails are not active: many workloads do not comply.",
  };
}
