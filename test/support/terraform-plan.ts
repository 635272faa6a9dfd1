import { readPlan, type TerraformPlan } from "../../shared/terraform-plan.ts";

/** A resource of a plan, as `terraform show -json` has it, with a change of these actions. */
export const resourceChange = (
  address: string,
  actions: readonly string[],
  more: object = {},
  change: object = {},
) => ({
  address,
  mode: "managed",
  type: address.split(".")[0] ?? "",
  name: "this",
  provider_name: "registry.terraform.io/hashicorp/aws",
  change: {
    actions,
    before: null,
    after: null,
    after_unknown: {},
    before_sensitive: false,
    after_sensitive: {},
    ...change,
  },
  ...more,
});

/** The text of a plan with these resources. */
export const planText = (resource_changes: readonly object[], more: object = {}): string =>
  JSON.stringify({
    format_version: "1.2",
    terraform_version: "1.15.8",
    timestamp: "2026-11-24T10:00:00Z",
    applyable: true,
    complete: true,
    errored: false,
    resource_changes,
    ...more,
  });

export const planOf = (resource_changes: readonly object[], more: object = {}): TerraformPlan =>
  readPlan(planText(resource_changes, more));
