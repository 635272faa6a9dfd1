import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../shared/fault.ts";
import type { Run } from "../../shared/run-program.ts";
import { isFolder } from "../command.ts";

/** How `terraform plan -out` begins: it writes a zip. */
const ZIP = "PK";

/**
 * The plan of a workload in one line of JSON.
 *
 * @param path a folder with Terraform files, which the user's own Terraform plans, or the output of `terraform show -json`
 * @param work an empty folder, for what must not lie beside the user's files
 */
export const planOf = (path: string, work: string, run: Run): Promise<string> =>
  isFolder(path) ? planned(path, work, run) : given(path);

async function given(path: string): Promise<string> {
  const text = await readFile(path, "utf8");
  if (text.startsWith(ZIP))
    throw new Fault(
      "The file is a saved plan, and guardrails need its JSON.",
      `terraform show -json ${path} > plan.json`,
    );
  // A text of JSON has no line break inside a value.
  return text.replaceAll(/[\r\n]+/g, " ").trim();
}

/**
 * Plans a folder where it is, since modules beside it belong to it, and writes nothing: neither lock nor state, nor a file. A folder
 * with `.terraform` keeps the backend and the workspace that the user chose; another one is initialized in the folder `work`.
 */
async function planned(root: string, work: string, run: Run): Promise<string> {
  const initialized = existsSync(join(root, ".terraform"));
  const terraform = (...args: string[]) =>
    run("terraform", args, {
      folder: root,
      hidden: true,
      environment: { TF_INPUT: "0", ...(!initialized && { TF_DATA_DIR: join(work, "data") }) },
    });
  // `terraform init` chooses versions of providers, and writes them into the folder, where plan looks for them.
  const lockFile = join(root, ".terraform.lock.hcl");
  const before = await readFile(lockFile).catch(() => undefined);
  try {
    if (!initialized) await terraform("init", "-no-color");
    const plan = join(work, "plan");
    await terraform("plan", "-no-color", "-lock=false", `-out=${plan}`);
    const { output } = await terraform("show", "-json", plan);
    return output.trim();
  } finally {
    if (!initialized) await (before ? writeFile(lockFile, before) : rm(lockFile, { force: true }));
  }
}
