import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alternate, comparison, contender, type Measurement } from "../measurement.ts";

const ROUNDS = 15;
const ROOT = join(import.meta.dirname, "..", "..");
const PARAMETERS = {
  Version: "1.0",
  Parameters: {
    Description: "Buckets keep versions",
    SourceRuntime: "python3.13",
    CodeKey: "RULE.zip",
    InputParameters: '{"days": "30"}',
    OptionalParameters: "{}",
    SourceEvents: "AWS::S3::Bucket,AWS::EC2::Instance",
    SourcePeriodic: "TwentyFour_Hours",
  },
  Tags: "[]",
};
/** As long as a rule of the RDK's template with some logic of its own. */
const CODE = `import json\n\n\ndef lambda_handler(event, context):\n${'    print(json.dumps({"event": event}))\n'.repeat(150)}`;

/** Measures the command for many rules, none of them exported before, against the RDK for one. */
export async function exportTime(rules: number): Promise<Measurement[]> {
  using folder = mkdtempDisposableSync(join(tmpdir(), "palisade-bench-"));
  const many = join(folder.path, "many");
  const one = join(folder.path, "one");
  for (let rule = 0; rule < rules; rule += 1) writeRule(many, `RULE_${rule}`);
  writeRule(one, "RULE");

  const rdk = installRdk();
  const timed = (command: string, args: (round: number) => readonly string[], cwd: string) => {
    let round = 0;
    return contender(() => {
      round += 1;
      const start = performance.now();
      execFileSync(command, args(round), { cwd, stdio: "pipe" });
      return performance.now() - start;
    });
  };
  const command = ["--import", join(ROOT, "cli", "compile-cache.js"), join(ROOT, "cli", "export-rules.ts")];
  const ours = timed(
    process.execPath,
    (round) => [...command, "--all", "--rules-dir", many, "--out", join(folder.path, `out-${round}`)],
    folder.path,
  );
  const theirs = timed(rdk, () => ["-r", "us-east-1", "export", "RULE", "-v", "0.12", "-f", "terraform"], one);
  await alternate([ours, theirs], ROUNDS, 1);
  const row = { name: `export of ${rules} rules`, unit: "ms" as const };
  return [{ ...row, against: "the RDK for one rule", ...comparison(ours, theirs), aim: 1 }];
}

function writeRule(folder: string, name: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "parameters.json"), JSON.stringify(PARAMETERS, null, 2));
  writeFileSync(join(folder, name, `${name}.py`), CODE);
}

/** Installs the RDK for this benchmark alone, once. */
function installRdk(): string {
  const folder = join(ROOT, "node_modules", ".cache", "rdk");
  const bin = join(folder, process.platform === "win32" ? "Scripts" : "bin");
  const rdk = join(bin, "rdk");
  if (existsSync(rdk)) return rdk;
  try {
    execFileSync("python3", ["-m", "venv", folder], { stdio: "pipe" });
    const requirements = join(import.meta.dirname, "requirements.txt");
    execFileSync(join(bin, "pip"), ["install", "--quiet", "--requirement", requirements], { stdio: "pipe" });
  } catch (error) {
    throw new Error("The RDK could not be installed: this needs Python 3 with venv, and a network.", { cause: error });
  }
  return rdk;
}
