import { labelledLines, type Row } from "../../shared/labelled-lines.ts";
import { defang, plainText, unlinkedText } from "../../shared/plain-text.ts";
import { type Fitted, fitGroups, linesOf, shareRoom } from "./line-room.ts";
import { fittingList } from "./list-text.ts";
import { number, quantity } from "./number-text.ts";
import { isMalformed, type ReachedName } from "./reached-name.ts";
import { byRegisteredDomain } from "./registered-domain.ts";
import { type Fact, portText, type SaidOnce, saidOfMost, saysItself, valuesOf } from "./said-once.ts";

/** What an e-mail shows under one title. */
export interface Section {
  title: string;
  names: readonly ReachedName[];
}

/** Lines of names, over all sections. With titles, facts and advice an e-mail has at most 250. */
const MOST_LINES = 160;

/** A line is no longer (characters), unless its name is: names are never cut. */
const LINE_LENGTH = 100;
/** Whatever the length of a name, the rest of its line has so much room. */
const LEAST_ROOM = 45;
const ROOM_FOR_PORTS = 24;
/** A rule of which less would be left is not shown on a line. */
const LEAST_RULE = 20;
const LONGEST_FIREWALL = 32;
const LONGEST_RULE = 80;

/**
 * Writes the sections that have names: what is said once in each, then a line for each name, with the most connections
 * first. The sections that come first get the room first.
 *
 * @param said what the e-mail says already
 * @returns also whether a name was left out for lack of room
 */
export function sectionLines(
  sections: readonly Section[],
  said: SaidOnce,
  defanged: boolean,
): { lines: string[]; leavesOut: boolean } {
  const filled = sections
    .filter(({ names }) => names.length > 0)
    .map((section) => ({ ...section, groups: byRegisteredDomain(section.names) }));
  const shares = shareRoom(
    filled.map(({ groups }) => linesOf(groups)),
    MOST_LINES,
  );
  const fitted = filled.map(({ title, names, groups }, index) => ({
    title,
    said: new Map(
      [...saidOfMost(names)].filter(([fact]) => !said.has(fact) && !(fact === "source" && names.every(isMalformed))),
    ),
    ...fitGroups(groups, shares[index] ?? 0),
  }));
  return {
    lines: fitted.flatMap(({ title, said: saidHere, ...shown }) => {
      const rows = labelledLines(factRows(saidHere, defanged), "  ");
      return [
        title,
        "",
        ...(rows.length > 0 ? [...rows, ""] : []),
        ...groupLines(shown, new Map([...said, ...saidHere]), defanged),
        "",
      ];
    }),
    leavesOut: fitted.some(({ groups, left }) => left.length > 0 || groups.some(({ more }) => more > 0)),
  };
}

/** What is said once, as labels and values. */
export const factRows = (said: SaidOnce, defanged: boolean): Row[] =>
  [...said].map(([fact, { values, ofAll }]) => {
    const shown =
      fact === "rule"
        ? fittingList(
            values.map((rule) => ruleText(rule, LONGEST_RULE, defanged)),
            LINE_LENGTH - 16,
            "; ",
          )
        : fittingList(values, LINE_LENGTH - 16);
    return [fact, `${shown}${ofAll ? "" : ", unless a line says otherwise"}`];
  });

function groupLines({ groups, left }: Fitted, said: SaidOnce, defanged: boolean): string[] {
  const width = Math.max(...groups.map(({ connections }) => number(connections).length)) + 1;
  const count = (value: number) => `${number(value)}x`.padStart(width);
  const blank = "".padStart(width);
  const sources = said.has("source") ? [] : [...new Set(left.flatMap((name) => name.sources))];
  return [
    ...groups.flatMap(({ domain, names, connections, more }) =>
      names.length + more === 1
        ? names.map((name) => nameLine(`  ${count(name.connections)}  `, name, said, defanged))
        : [
            `  ${count(connections)}  ${defanged ? defang(domain) : domain}: ${quantity(names.length + more, "hostname")}`,
            ...names.map((name) => nameLine(`    ${count(name.connections)}  `, name, said, defanged)),
            ...(more > 0 ? [`    ${blank}  and ${number(more)} more`] : []),
          ],
    ),
    ...(left.length > 0
      ? [`  ${blank}  and ${number(left.length)} more${sources.length > 0 ? `, from ${fittingList(sources, 60)}` : ""}`]
      : []),
  ];
}

/** For example `  41x  www.example[.]com  from 10.0.3.21; port 8443 (tls)`. */
function nameLine(head: string, reached: ReachedName, said: SaidOnce, defanged: boolean): string {
  const { kind, name, trailingDot } = reached;
  const shown = kind === "malformed" ? `from ${name}` : defanged ? defang(name) : name;
  const start = `${head}${shown}${trailingDot ? "." : ""}`;
  const facts = factsText(reached, said, Math.max(LINE_LENGTH - start.length - 2, LEAST_ROOM), defanged);
  return facts === "" ? start : `${start}  ${facts}`;
}

/** What a line says of its name, in so much room: the source first, and the rule only where there is room left. */
function factsText(name: ReachedName, said: SaidOnce, room: number, defanged: boolean): string {
  const toSay = (fact: Fact) => (saysItself(fact, name, said) ? valuesOf(fact, name) : []);
  const firewalls = toSay("firewall").map((firewall) => plainText(firewall, LONGEST_FIREWALL));
  const others = [
    ...(isMalformed(name) ? [name.verdict] : []),
    ...toSay("port").map(() => portText(name, ROOM_FOR_PORTS).replace(/^(?=\d)/, "port ")),
    ...(firewalls.length > 0 ? [`via ${fittingList(firewalls, 0)}`] : []),
  ];
  const sources = isMalformed(name) ? [] : toSay("source");
  const source = sources.length > 0 ? [`from ${fittingList(sources, room - others.join("; ").length - 7)}`] : [];
  const left = room - [...source, ...others, "rule: "].join("; ").length;
  const rules = left >= LEAST_RULE ? toSay("rule") : [];
  const rule = rules.length > 0 ? [`rule: ${ruleText(fittingList(rules, left, "; "), left, defanged)}`] : [];
  return [...source, ...others, ...rule].join("; ");
}

const ruleText = (rule: string, length: number, defanged: boolean): string =>
  defanged ? unlinkedText(rule, length) : plainText(rule, length);
