export const ACCOUNT = "123456789012";
/** The account with the targets: moto has one account for all roots. */
export const MANAGERS = `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/release-managers`;
export const SECRET = `arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:database-AbCdEf`;
export const PARAMETER = `arn:aws:ssm:eu-central-1:${ACCOUNT}:parameter/licence`;

/** A deployment with the default values. */
export const FIRST = {
  region: "eu-central-1",
  // The newest that the provider knows before version 6.19.
  lambda_runtime: "nodejs22.x",
  programs: "programs.zip",
  environments: {
    dev: {
      pipeline: "dev-infrastructure",
      regions: ["eu-central-1", "us-east-1"],
      home_region: "eu-central-1",
      approval: false,
      targets: {
        research: { account_id: ACCOUNT, external_id: "research-dev" },
        risk: { account_id: "012345678901", external_id: "risk-dev" },
      },
    },
    prod: {
      pipeline: "prod-infrastructure",
      regions: ["eu-central-1"],
      home_region: "eu-central-1",
      approvers: [MANAGERS],
      targets: {
        research: {
          account_id: ACCOUNT,
          external_id: "research-prod",
          secrets: { database_password: SECRET, licence: PARAMETER },
        },
      },
    },
  },
  subscribers: { "team@example.com": {}, "oncall@example.com": { releases: false, alarms: true } },
};

const KEY = `arn:aws-cn:kms:cn-northwest-1:${ACCOUNT}:key/0a1b2c3d`;
const VPC = { vpc_id: "vpc-1", subnet_ids: ["subnet-1", "subnet-2"], security_group_ids: ["sg-1"] };

/** A deployment beside it whose every value is another. */
export const SECOND = {
  region: "cn-north-1",
  lambda_runtime: "nodejs22.x",
  programs: "programs.zip",
  name: "mine-2",
  environments: {
    "QA-2": {
      pipeline: "a-pipeline-with-a-long-name",
      regions: ["cn-north-1", "cn-northwest-1"],
      home_region: "cn-northwest-1",
      approvers: [`arn:aws-cn:iam::${ACCOUNT}:user/mary`],
      approval_days: 7.5,
      protected_types: ["aws_db_instance"],
      alarm: false,
      targets: { research: { account_id: ACCOUNT, external_id: "research:QA-2" } },
    },
  },
  adopted_state_buckets: { "QA-2": { bucket: "my-states", region: "cn-northwest-1", kms_key_arn: KEY } },
  repository: { name: "mine", branch: "release/1", adopt: true },
  ...{ deletion_protection: false, version_deletion_role_arn: `arn:aws-cn:iam::${ACCOUNT}:role/deleter` },
  ...{ artifact_days: 30, log_retention_days: 30, memory_size: 512, plan_twice: true },
  ...{ trivy_severities: ["CRITICAL"], checkov_checks: ["CKV_AWS_24"] },
  ...{ permissions_boundary_arn: `arn:aws-cn:iam::${ACCOUNT}:policy/boundary`, tags: { Owner: "platform" } },
  timeout_minutes: { lint: 10, plan: 60, apply: 2160 },
  build: {
    image: `${ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn/builds@sha256:${"0".repeat(64)}`,
    image_repository_arn: `arn:aws-cn:ecr:cn-north-1:${ACCOUNT}:repository/builds`,
    compute_type: "BUILD_GENERAL1_LARGE",
    environment_type: "ARM_CONTAINER",
    vpc: VPC,
  },
  subscribers: {
    "risk@example.com": { environments: ["QA-2"], teams: ["research"], kinds: ["release-failed"] },
    "all@example.com": { alarms: true },
    "https://example.com/hook": { protocol: "https", kinds: ["released"] },
  },
};

/** The accounts that the deployments release to, as the root `release-target` has them. */
export const TARGETS = {
  first: {
    region: "eu-central-1",
    tooling_account_id: ACCOUNT,
    environments: {
      dev: { external_ids: ["research-dev"], apply_policy_arns: ["arn:aws:iam::aws:policy/PowerUserAccess"] },
      prod: {
        external_ids: ["research-prod"],
        apply_policy_arns: ["arn:aws:iam::aws:policy/PowerUserAccess", "arn:aws:iam::aws:policy/IAMFullAccess"],
        permissions_boundary_arn: `arn:aws:iam::${ACCOUNT}:policy/boundary`,
      },
    },
  },
  second: {
    region: "cn-north-1",
    name: "mine-2",
    tooling_account_id: ACCOUNT,
    environments: {
      "QA-2": {
        external_ids: ["research:QA-2"],
        plan_policy_arns: ["arn:aws-cn:iam::aws:policy/job-function/ViewOnlyAccess"],
        apply_policy_arns: ["arn:aws-cn:iam::aws:policy/AdministratorAccess"],
      },
    },
    tags: { Owner: "platform" },
  },
};
