import { afterAll, beforeAll, expect, it } from "vitest";
import { givenToApply, releaseWorld, type World } from "./release-world.ts";

const MAIN = `
terraform {}
variable "region" {}
variable "words" { default = "one" }
resource "terraform_data" "this" { input = var.words }
output "where" { value = var.region }
`;

let world: World;
beforeAll(async () => {
  world = await releaseWorld();
});
afterAll(() => world.stop());

it("A first release is planned, approved and applied, and the ledger says so.", async () => {
  const commitId = await world.commit({
    "regional/main.tf": MAIN,
    "environments/dev/research/team.tfvars": "",
  });
  const execution = await world.release("dev_us-east-1/research/1.0", commitId);
  const planned = await world.run("Plan", execution);
  console.log(planned);
  world.approve(execution);
  const applied = await world.run("Apply", execution, { environment: givenToApply(planned) });
  console.log(applied);
  expect(applied.code).toBe(0);
});
