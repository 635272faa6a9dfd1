import { parse } from "yaml";
import * as z from "zod";

// https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html, in the parts that our builds use. Whatever is not
// named here is an error: CodeBuild would do something that the rehearsal does not.

const list = z.array(z.string());
const variableName = z.string().regex(/^[A-Za-z_]\w*$/);

const phase = z.strictObject({
  "on-failure": z.enum(["ABORT", "CONTINUE"]).optional(),
  commands: list.default([]),
  finally: list.default([]),
});
export type Phase = z.output<typeof phase>;

const schema = z.strictObject({
  version: z.literal(0.2, "must be 0.2"),
  env: z
    .strictObject({
      shell: z.literal("bash"),
      variables: z.record(variableName, z.coerce.string()).default({}),
      "exported-variables": z.array(variableName).default([]),
      "git-credential-helper": z.union([z.boolean(), z.enum(["yes", "no"])]).default(false),
    })
    .default({ shell: "bash", variables: {}, "exported-variables": [], "git-credential-helper": false }),
  phases: z.strictObject({
    install: phase
      .extend({ "runtime-versions": z.strictObject({ nodejs: z.union([z.number(), z.string()]) }).optional() })
      .optional(),
    pre_build: phase.optional(),
    build: phase.optional(),
    post_build: phase.optional(),
  }),
  reports: z
    .record(
      z.string(),
      z.strictObject({
        files: list.min(1),
        "base-directory": z.string().default("."),
        "file-format": z.enum(["JUNITXML", "CUCUMBERJSON"]).default("JUNITXML"),
      }),
    )
    .default({}),
  artifacts: z.strictObject({ files: list.min(1), "base-directory": z.string().default(".") }).optional(),
  cache: z.strictObject({ paths: list }).default({ paths: [] }),
});
export type Buildspec = z.output<typeof schema>;

/** The phases that run commands, in their order. */
export const PHASES = ["install", "pre_build", "build", "post_build"] as const;

/**
 * Reads a buildspec.
 *
 * @param place names it in errors
 * @throws Error for one that CodeBuild would refuse, and for anything that the runtime does not do
 */
export function readBuildspec(text: string, place: string): Buildspec {
  const parsed = schema.safeParse(parse(text));
  if (!parsed.success)
    throw new Error(
      `The buildspec of ${place} is wrong, or asks for what is not known here.\n${z.prettifyError(parsed.error)}`,
    );
  return parsed.data;
}
