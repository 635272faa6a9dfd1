import { createHash } from "node:crypto";

/**
 * A name that AWS takes: as it is wished for, or else without what AWS refuses, and with the first digits of its SHA-256,
 * so that two names that differ stay apart.
 *
 * @param most characters that the name may have
 * @param refused matches each character that it may not have; global
 * @param wished the name
 */
export function nameWithin(most: number, refused: RegExp, wished: string): string {
  const plain = wished.replace(refused, "-");
  if (plain === wished && wished.length <= most) return wished;
  return `${plain.slice(0, most - 9)}-${createHash("sha256").update(wished).digest("hex").slice(0, 8)}`;
}
