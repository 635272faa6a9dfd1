import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "./fault.ts";
import { type Build, onPath } from "./pinned-tools.ts";
import { plainText } from "./plain-text.ts";
import { ProgramFailure, type Run } from "./run-program.ts";

export const COMPLIANCE_TOOL = "terraform-compliance";

/** The buildspec asks for it: newer ones lack what the tool's dependencies import. */
export const PYTHON = "3.11";

const PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"];
/** Only what the file names, with its hashes, and nothing that the build of a package would ask for. */
const EXACT = ["--require-hashes", "--no-deps", "--no-build-isolation"];

/** The version that a text of requirements pins; empty where it pins none. */
export const pinnedVersion = (requirements: string): string =>
  /^terraform-compliance==([\w.]+)/m.exec(requirements)?.[1] ?? "";

/** The version that `terraform-compliance --version` prints, below its banner. */
export const printedVersion = (output: string): string => output.trim().split("\n").at(-1) ?? "";

/** The version of `python3`, such as `3.11`. */
export async function pythonVersion(run: Run, folder: string): Promise<string> {
  const { output } = await run("python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], {
    folder,
    hidden: true,
  });
  return output.trim();
}

/**
 * The path of terraform-compliance: the image's, if it is on `PATH`, or else the pinned one. Its packages lie in the cache of the
 * build, which nobody trusts: pip checks the SHA-256 of each on each use, and installs them into a folder of this build alone.
 *
 * @param requirements the path of `requirements.txt`, which pins it with all of its dependencies
 * @throws Fault where the image has another version or no fitting Python, or the packages cannot be had
 */
export async function complianceProgram(build: Build, requirements: string): Promise<string> {
  const { path, cache, folder, run, show } = build;
  const text = await readFile(requirements, "utf8");
  const pinned = pinnedVersion(text);
  const found = await onPath(COMPLIANCE_TOOL, path);
  if (found !== undefined) {
    const version = printedVersion((await run(found, ["--version"], { folder, hidden: true })).output);
    if (version !== pinned)
      throw new Fault(
        `The image has ${COMPLIANCE_TOOL} ${plainText(version, 50)}, and ${pinned} is pinned: each goes with some versions of Terraform only.`,
        `Put ${COMPLIANCE_TOOL} ${pinned} into the image of the build, or none.`,
      );
    show(`${COMPLIANCE_TOOL} is the image's: ${version}`);
    return found;
  }
  const environment = join(folder, COMPLIANCE_TOOL);
  const python = join(environment, "bin", "python");
  const command = (program: string, ...args: string[]) => run(program, args, { folder, hidden: true });
  const version = await pythonVersion(run, folder);
  if (version !== PYTHON)
    throw new Fault(
      `${COMPLIANCE_TOOL} needs Python ${PYTHON}, and the image has ${plainText(version, 50)}.`,
      `Choose Python ${PYTHON} in the buildspec, or put ${COMPLIANCE_TOOL} ${pinned} into the image of the build.`,
    );
  await command("python3", "-m", "venv", environment);
  const packages = join(cache, COMPLIANCE_TOOL);
  const pip = (...args: string[]) => command(python, ...PIP, ...args);
  // Packages that come as source are built with it, so it comes first.
  const tools = join(folder, "setuptools.txt");
  await writeFile(tools, /^setuptools==(.+\\\n)*.+$/m.exec(text)?.[0] ?? "");
  const files = [tools, requirements];
  const install = async () => {
    for (const file of files) await pip("install", "--no-index", "--find-links", packages, ...EXACT, "-r", file);
  };
  try {
    await install();
  } catch (error) {
    if (!(error instanceof ProgramFailure)) throw error;
    // Missing, of other requirements, or changed: what cannot be checked is thrown away.
    await rm(packages, { recursive: true, force: true });
    await mkdir(packages, { recursive: true });
    for (const file of files) {
      await pip("download", "--dest", packages, ...EXACT, "-r", file);
      await pip("install", "--no-index", "--find-links", packages, ...EXACT, "-r", file);
    }
  }
  show(`${COMPLIANCE_TOOL} is the pinned one: ${pinned}`);
  return join(environment, "bin", COMPLIANCE_TOOL);
}
