import { createHash } from "node:crypto";
import { packageOf } from "./code-package.ts";
import { type ExportOptions, MAX_LAYERS } from "./export-options.ts";
import { codeOf, type RuleFolder } from "./needed-files.ts";
import { PARAMETERS_FILE, type Parameters } from "./parameters-file.ts";
import { type Checked, problemsIn } from "./problem.ts";
import { nameWithin } from "./resource-name.ts";
import type { FunctionEntry } from "./rule-entry.ts";
import { plainRuntime, runtimeFault } from "./runtime.ts";

/** Says where Terraform takes a rule's zip from, by the name of the rule and the SHA-256 of the zip (hex). */
export type Locate = (name: string, sha256: string) => { file: string } | { key: string };

// Limits of Lambda. https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
const MAX_NAME = 64;
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const HANDLER = /^\S{1,128}$/;

/**
 * The function of a custom rule, and the zip with its code; undefined where the rule has none that Terraform could make.
 *
 * @param today such as `2026-11-23`
 */
export function ruleFunctionOf(
  folder: RuleFolder,
  { SourceRuntime = "", SourceHandler, CustomLambdaName }: Parameters,
  options: ExportOptions,
  today: string,
  locate: Locate,
): Checked<{ entry: FunctionEntry; code: Uint8Array } | undefined> {
  const code = codeOf(folder);
  const packed = packageOf(code);
  const { runtime, rdklib } = plainRuntime(options.runtime ?? SourceRuntime);
  const needsLibrary = rdklib || plainRuntime(SourceRuntime).rdklib;
  const handler = SourceHandler ?? handlerOf(folder, runtime);
  const fault = runtimeFault(runtime, today);
  const problems = [
    ...packed.problems,
    ...problemsIn(PARAMETERS_FILE, [
      [fault !== undefined, "/Parameters/SourceRuntime", fault?.message ?? "", fault?.severity],
      [
        needsLibrary && options.lambdaLayers.length >= MAX_LAYERS,
        "/Parameters/SourceRuntime",
        `needs the layer with rdklib as well; Lambda takes ${MAX_LAYERS} layers.`,
      ],
      [
        handler === undefined,
        "/Parameters/SourceHandler",
        `is missing, and there is no ${folder.name}.py with a lambda_handler: name the handler.`,
      ],
      [
        handler !== undefined && !HANDLER.test(handler),
        "/Parameters/SourceHandler",
        `would be ${handler}; Lambda takes up to 128 characters without spaces: rename the file, and name the handler.`,
      ],
      [
        CustomLambdaName !== undefined && !NAME.test(CustomLambdaName),
        "/Parameters/CustomLambdaName",
        `has to be 1 to ${MAX_NAME} of A-Z, a-z, 0-9, _ and -.`,
      ],
    ]),
  ];
  if (handler === undefined || packed.value === undefined) return { value: undefined, problems };

  const sha256 = createHash("sha256").update(packed.value).digest();
  const { lambdaTimeout, lambdaRoleArn, lambdaRoleName, rdklibLayerArn } = options;
  return {
    value: {
      entry: {
        // As the RDK names it, where that is a name that Lambda takes.
        name:
          CustomLambdaName ??
          nameWithin(MAX_NAME, /[^A-Za-z0-9_-]/g, `RDK-Rule-Function-${folder.name.replaceAll("_", "")}`),
        runtime,
        handler,
        ...(lambdaTimeout !== undefined && { timeout: lambdaTimeout }),
        rdklib: needsLibrary && rdklibLayerArn === undefined,
        layers: [...(needsLibrary && rdklibLayerArn !== undefined ? [rdklibLayerArn] : []), ...options.lambdaLayers],
        subnet_ids: options.lambdaSubnets,
        security_group_ids: options.lambdaSecurityGroups,
        ...(lambdaRoleArn !== undefined && { role_arn: lambdaRoleArn }),
        ...(lambdaRoleName !== undefined && { role_name: lambdaRoleName }),
        assume_role: assumesRole(code),
        code: { ...locate(folder.name, sha256.toString("hex")), sha256: sha256.toString("base64") },
      },
      code: packed.value,
    },
    problems,
  };
}

/** The handler that the RDK's template has, in the file as it is really written. */
function handlerOf({ name, files }: RuleFolder, runtime: string): string | undefined {
  if (!runtime.startsWith("python")) return undefined;
  const file = [...files.keys()].find((path) => path.toLowerCase() === `${name}.py`.toLowerCase());
  return file?.endsWith(".py") ? `${file.slice(0, -".py".length)}.lambda_handler` : undefined;
}

/** Whether the code takes the role that Config names in an event, as the RDK's template does on request. */
const assumesRole = (code: Readonly<Record<string, Uint8Array>>): boolean =>
  Object.values(code).some((bytes) => /^\s*ASSUME_ROLE_MODE\s*=\s*True\b/m.test(Buffer.from(bytes).toString()));
