import { zip } from "../../shared/zip.ts";
import { MAX_CODE_BYTES } from "./needed-files.ts";
import { type Checked, problemOf, problemsIn } from "./problem.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ZIP_BYTES = 52_428_800;

/** Packs the code of a rule, by paths, into the zip that Lambda gets; undefined where it is too much even to pack. */
export function packageOf(code: Readonly<Record<string, Uint8Array>>): Checked<Uint8Array | undefined> {
  const size = Object.values(code).reduce((bytes, { length }) => bytes + length, 0);
  const packed = size > MAX_CODE_BYTES ? undefined : zip(code);
  const zipped = packed?.length ?? 0;
  return {
    value: packed,
    problems: [
      ...Object.keys(code)
        .filter(isMisleading)
        .map((path) =>
          problemOf(path, "", "has a name that is another path on other systems, or that cannot be shown: rename it."),
        ),
      ...problemsIn("", [
        [size === 0, "", "holds no code."],
        [
          size > MAX_CODE_BYTES,
          "",
          `holds ${size} bytes of code; Lambda takes ${MAX_CODE_BYTES}. Take out what the rule does not need.`,
        ],
        [
          zipped > MAX_ZIP_BYTES,
          "",
          `makes a zip of ${zipped} bytes; Lambda takes ${MAX_ZIP_BYTES}. Put libraries into a layer.`,
        ],
      ]),
    ],
  };
}

/** Whether a path could lead out of the folder where a zip is unpacked, or deceive who reads its list. */
const isMisleading = (path: string): boolean =>
  /^\/|\\|^[A-Za-z]:|[\p{C}\p{Zl}\p{Zp}]/u.test(path) || path.split("/").includes("..");
