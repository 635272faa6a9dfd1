import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "./fault.ts";
import { type Build, onPath } from "./pinned-tools.ts";
import { plainText } from "./plain-text.ts";
import { ProgramFailure } from "./run-program.ts";

const NAME = "terraform-compliance";

/** The buildspec asks for it: newer ones lack what the tool's dependencies import. */
const PYTHON = "3.11";

const PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"];
/** Only what the file names, with its hashes, and nothing that the build of a package would ask for. */
const EXACT = ["--require-hashes", "--no-deps", "--no-build-isolation"];

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
  const pinned = /^terraform-compliance==([\w.]+)/m.exec(text)?.[1] ?? "";
  const found = await onPath(NAME, path);
  if (found !== undefined) {
    const { output } = await run(found, ["--version"], { folder, hidden: true });
    const version = output.trim().split("\n").at(-1) ?? "";
    if (version !== pinned)
      throw new Fault(
        `The image has ${NAME} ${plainText(version, 50)}, and ${pinned} is pinned: each goes with some versions of Terraform only.`,
        `Put ${NAME} ${pinned} into the image of the build, or none.`,
      );
    show(`${NAME} is the image's: ${version}`);
    return found;
  }
  const environment = join(folder, NAME);
  const python = join(environment, "bin", "python");
  const command = (program: string, ...args: string[]) => run(program, args, { folder, hidden: true });
  const version = await command("python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])");
  if (version.output.trim() !== PYTHON)
    throw new Fault(
      `${NAME} needs Python ${PYTHON}, and the image has ${plainText(version.output.trim(), 50)}.`,
      `Choose Python ${PYTHON} in the buildspec, or put ${NAME} ${pinned} into the image of the build.`,
    );
  await command("python3", "-m", "venv", environment);
  const packages = join(cache, NAME);
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
  show(`${NAME} is the pinned one: ${pinned}`);
  return join(environment, "bin", NAME);
}
