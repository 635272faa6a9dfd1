export const ACCOUNT = "123456789012";
const PAYMENTS = "222233334444";
const TOOLING = "012345678901";
const RESEARCH = "333344445555";
export const LEAD = `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/SecurityLead`;
const MARY = `arn:aws:iam::${ACCOUNT}:user/mary`;

const role = (account: string, name: string, partition = "aws") => `arn:${partition}:iam::${account}:role/${name}`;

/** An account with a workload and its own pipeline. */
export const payments = {
  repository: "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/payments",
  repository_role_arn: role(PAYMENTS, "palisade-pull-payments"),
  state: {
    bucket: "payments-states",
    key: "payments/terraform.tfstate",
    region: "eu-west-1",
    role_arn: role(PAYMENTS, "palisade-state-payments"),
  },
  plan_role_arn: role(PAYMENTS, "palisade-plan-payments"),
  external_id: "payments-1",
  owner: "payments@example.com",
};

/** A workload that the root `release` of the tooling account releases. */
const research = {
  repository: "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/infrastructure",
  repository_role_arn: role(TOOLING, "palisade-trial-dev"),
  path: "regional",
  var_files: ["environments/dev/research/team.tfvars", "environments/dev/research/eu-central-1.tfvars"],
  state: {
    bucket: "palisade-state-dev",
    key: "research/dev-eu-central-1/terraform.tfstate",
    region: "us-east-1",
    role_arn: role(TOOLING, "palisade-trial-dev"),
  },
  plan_role_arn: role(RESEARCH, "palisade-plan-dev"),
  external_id: "research-dev",
  owner: "Équipe de recherche",
  region: "eu-central-1",
  released: {
    ledger_table: "palisade-releases",
    region: "us-east-1",
    role_arn: role(TOOLING, "palisade-trial-dev"),
    environment: "dev",
    team: "research",
    scope: "eu-central-1",
    external_id: "trial-dev",
  },
};

/** A deployment with the default values. */
export const FIRST = {
  region: "eu-central-1",
  // The newest that the provider knows before version 6.19.
  lambda_runtime: "nodejs22.x",
  programs: "programs.zip",
  workloads: {
    payments,
    "payments-2": {
      ...payments,
      branch: "release/1",
      path: "infra/live",
      state: {
        ...payments.state,
        key: "payments-2/terraform.tfstate",
        role_arn: role(PAYMENTS, "palisade-state-payments-2"),
      },
      plan_role_arn: role(PAYMENTS, "palisade-plan-payments-2"),
    },
    research,
  },
  break_glass: { principals: [MARY] },
  force_principals: [LEAD],
  subscribers: {
    "security@example.com": {},
    "research@example.com": { workloads: ["research"] },
    "oncall@example.com": { messages: false, alarms: true },
  },
};

const VPC = { vpc_id: "vpc-1", subnet_ids: ["subnet-1", "subnet-2"], security_group_ids: ["sg-1"] };

/** A deployment beside it whose every value is another. */
export const SECOND = {
  region: "cn-north-1",
  lambda_runtime: "nodejs22.x",
  programs: "programs.zip",
  name: "mine-2",
  other_names: ["acme"],
  workloads: {
    web: {
      repository: "https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/web",
      repository_role_arn: role(PAYMENTS, "acme-pull-web", "aws-cn"),
      state: {
        bucket: "web-states",
        key: "web.tfstate",
        region: "cn-northwest-1",
        role_arn: role(PAYMENTS, "acme-state-web", "aws-cn"),
      },
      plan_role_arn: role(PAYMENTS, "path/acme-plan-web", "aws-cn"),
      external_id: "web:1",
      owner: "all@example.com",
    },
  },
  ...{ repository: { name: "mine", adopt: true }, on_divergence: "three-way" },
  break_glass: { principals: [`arn:aws-cn:iam::${ACCOUNT}:role/emergency`], mfa: false },
  force_principals: [`arn:aws-cn:iam::${ACCOUNT}:role/lead`, `arn:aws-cn:iam::${ACCOUNT}:user/mary`],
  ...{ deletion_protection: false, version_deletion_role_arn: `arn:aws-cn:iam::${ACCOUNT}:role/deleter` },
  ...{ artifact_days: 30, report_days: 60, log_retention_days: 30, memory_size: 512 },
  ...{ permissions_boundary_arn: `arn:aws-cn:iam::${ACCOUNT}:policy/boundary`, tags: { Owner: "platform" } },
  timeout_minutes: { self_check: 10, comply: 20 },
  build: {
    image: `${ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn/builds@sha256:${"0".repeat(64)}`,
    image_repository_arn: `arn:aws-cn:ecr:cn-north-1:${ACCOUNT}:repository/builds`,
    compute_type: "BUILD_GENERAL1_LARGE",
    environment_type: "ARM_CONTAINER",
    vpc: VPC,
  },
  subscribers: {
    // An owner, too: it gets what is written here.
    "all@example.com": { alarms: true },
    "audit@example.com": { workloads: ["web"], kinds: ["waivers-ending", "waivers-ended"] },
    "https://example.com/hook": { protocol: "https", kinds: ["guardrails-forced", "guardrails-bypassed"] },
  },
};

/** As many workloads as CodePipeline takes, with the longest names, each in an account of its own. */
export const FULL = {
  ...FIRST,
  name: "p".repeat(12),
  trust_policy_quota: 8192,
  subscribers: { "all@example.com": { alarms: true } },
  workloads: Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => {
      const name = `w${String(index).padStart(2, "0")}${"a".repeat(29)}`;
      const account = `9000000000${String(index).padStart(2, "0")}`;
      const named = (kind: string) => role(account, `${"p".repeat(12)}-${kind}-${name}`, "aws-us-gov");
      return [
        name,
        {
          ...payments,
          repository_role_arn: named("pull"),
          state: { ...payments.state, role_arn: named("state") },
          plan_role_arn: named("plan"),
          external_id: `6b0c1e0b-6f0c-4e0b-9f0c-${account}`,
        },
      ];
    }),
  ),
};
