# What the builds run and read.

# One execution runs one version of the programs: the source action hands it to all builds.
resource "aws_s3_object" "programs" {
  # checkov:skip=CKV_AWS_186: It is encrypted with the key of the root, as the bucket says.
  bucket      = module.artifacts_bucket.name
  key         = "stages.zip"
  source      = var.programs
  source_hash = filebase64sha256(var.programs)
}

# What the builds and guardrail-merger have to know: shared/guardrail-configuration.ts.
resource "aws_s3_object" "targets" {
  # checkov:skip=CKV_AWS_186: It is encrypted with the key of the root, as the bucket says.
  bucket       = module.artifacts_bucket.name
  key          = "targets.json"
  content_type = "application/json"
  content = jsonencode({
    kind       = "guardrails"
    pipeline   = local.pipeline
    accountId  = local.account
    region     = var.region
    repository = { name = local.repository.name, url = local.repository.url, branch = local.branches.source }
    workloads = { for name, workload in var.workloads : name => merge(
      {
        repository = {
          url    = workload.repository
          branch = workload.branch
          role   = { roleArn = workload.repository_role_arn, externalId = local.external_ids[name] }
        }
        path          = workload.path
        variableFiles = workload.var_files
        state = {
          bucket = workload.state.bucket
          key    = workload.state.key
          region = workload.state.region
          role   = { roleArn = workload.state.role_arn, externalId = local.external_ids[name] }
        }
        planRoleArn = workload.plan_role_arn
        externalId  = workload.external_id
        owner       = workload.owner
        region      = coalesce(workload.region, workload.state.region)
      },
      { for released in workload.released[*] : "released" => {
        ledgerTable = released.ledger_table
        region      = released.region
        role        = { roleArn = released.role_arn, externalId = local.external_ids[name] }
        environment = released.environment
        team        = released.team
        scope       = released.scope
      } },
    ) }
  })
}

locals {
  # Of the roles in the account with the pipeline of a workload: its own, or the tooling account, which may have another external id
  # than the account that is released to.
  external_ids = { for name, workload in var.workloads : name => try(coalesce(workload.released.external_id, workload.external_id), workload.external_id) }
}
