/**
 * Compares two versions as people count: `1.10` is newer than `1.9`, `2.0-rc.1` is older than `2.0`, and what follows a `+`
 * does not matter.
 *
 * @returns below 0 where `a` is older, above 0 where it is newer
 */
export function compareVersions(a: string, b: string): number {
  const [coreA = "", ...preA] = withoutBuild(a).split("-");
  const [coreB = "", ...preB] = withoutBuild(b).split("-");
  return (
    compareParts(coreA, coreB) ||
    Number(preA.length === 0) - Number(preB.length === 0) ||
    compareParts(preA.join("-"), preB.join("-"))
  );
}

const withoutBuild = (version: string): string => version.split("+", 1)[0] ?? "";

function compareParts(a: string, b: string): number {
  const [partsA, partsB] = [a.split("."), b.split(".")];
  for (let index = 0; index < Math.max(partsA.length, partsB.length); index += 1) {
    // A missing part is 0: 1.2 and 1.2.0 are one version.
    const order = NUMERIC.compare(partsA[index] ?? "0", partsB[index] ?? "0");
    if (order !== 0) return order;
  }
  return 0;
}

const NUMERIC = new Intl.Collator("en", { numeric: true });
