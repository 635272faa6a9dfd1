/** What an operator makes of the value of one field; undefined where the field is missing. */
type Test = (value: unknown) => boolean;

/** One way in which an event may match: paths of fields, such as `detail.state`, and what their values must be. */
type Way = readonly (readonly [path: string, tests: readonly Test[]])[];

/** More combinations of `$or` than this are refused: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
const MOST_WAYS = 1_000;

/** AWS takes no longer pattern by default (characters): https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const LONGEST_PATTERN = 2_048;

/**
 * Reads an event pattern as EventBridge does.
 *
 * @param text JSON
 * @returns whether an event matches
 * @throws Error for a pattern that AWS would refuse, and for an operator that is not known here
 */
export function eventPattern(text: string): (event: unknown) => boolean {
  if (text.length > LONGEST_PATTERN) throw invalid(`it has ${text.length} characters, more than ${LONGEST_PATTERN}`);
  const ways = waysOf(JSON.parse(text), "");
  return (event) => {
    const fields = fieldsOf(event, "");
    return ways.some((way) => way.every(([path, tests]) => matches(fields.get(path), tests)));
  };
}

/** A list matches where one of its elements does; an empty one is as good as a missing field. */
const matches = (values: readonly unknown[] | undefined, tests: readonly Test[]): boolean =>
  tests.some((test) => (values === undefined || values.length === 0 ? test(undefined) : values.some(test)));

/** The values of all leaves of an event, by path. Elements of lists have the path of the list. */
function fieldsOf(node: unknown, path: string, fields = new Map<string, unknown[]>()): Map<string, unknown[]> {
  if (Array.isArray(node)) for (const element of node) fieldsOf(element, path, fields);
  else if (isObject(node))
    for (const [name, value] of Object.entries(node)) fieldsOf(value, path === "" ? name : `${path}.${name}`, fields);
  else fields.set(path, [...(fields.get(path) ?? []), node]);
  return fields;
}

/** The ways in which a pattern can be met: more than one where it has `$or`. */
function waysOf(pattern: unknown, path: string): Way[] {
  if (!isObject(pattern) || Object.keys(pattern).length === 0)
    throw invalid(`${path || "it"} must be an object with fields`);
  let ways: Way[] = [[]];
  for (const [name, value] of Object.entries(pattern)) {
    const inner = path === "" ? name : `${path}.${name}`;
    const alternatives =
      name === "$or" ? either(value, path) : Array.isArray(value) ? [leaf(value, inner)] : waysOf(value, inner);
    ways = ways.flatMap((way) => alternatives.map((alternative) => [...way, ...alternative]));
    if (ways.length > MOST_WAYS) throw invalid(`$or makes more than ${MOST_WAYS} combinations`);
  }
  return ways;
}

function either(value: unknown, path: string): Way[] {
  if (!Array.isArray(value) || value.length < 2) throw invalid("$or must be a list of two patterns or more");
  return value.flatMap((alternative) => waysOf(alternative, path));
}

function leaf(values: readonly unknown[], path: string): Way {
  if (values.length === 0) throw invalid(`${path} is an empty list`);
  return [[path, values.map((value) => testOf(value, path))]];
}

function testOf(pattern: unknown, path: string): Test {
  if (pattern === null || ["string", "number", "boolean"].includes(typeof pattern)) return (value) => value === pattern;
  const [[operator, wanted] = [], ...more] = isObject(pattern) ? Object.entries(pattern) : [];
  const test = operator !== undefined && more.length === 0 ? operatorTest(operator, wanted) : undefined;
  if (!test) throw invalid(`${path} has ${JSON.stringify(pattern)}, which is not known here`);
  return test;
}

/** The test of an operator; undefined for an operator or an operand that is not known. */
function operatorTest(operator: string, wanted: unknown): Test | undefined {
  switch (operator) {
    case "exists":
      return typeof wanted === "boolean" ? (value) => (value !== undefined) === wanted : undefined;
    case "prefix":
      return affixTest(wanted, (text, part) => text.startsWith(part));
    case "suffix":
      return affixTest(wanted, (text, part) => text.endsWith(part));
    case "equals-ignore-case":
      return typeof wanted === "string" ? onText((text) => text.toLowerCase() === wanted.toLowerCase()) : undefined;
    case "wildcard":
      return typeof wanted === "string" ? wildcardTest(wanted) : undefined;
    case "numeric":
      return numericTest(wanted);
    case "anything-but":
      return anythingBut(wanted);
    default:
      return undefined;
  }
}

const onText =
  (test: (text: string) => boolean): Test =>
  (value) =>
    typeof value === "string" && test(value);

function affixTest(wanted: unknown, test: (text: string, part: string) => boolean): Test | undefined {
  if (typeof wanted === "string") return wanted === "" ? undefined : onText((text) => test(text, wanted));
  const [[operator, part] = [], ...more] = isObject(wanted) ? Object.entries(wanted) : [];
  return operator === "equals-ignore-case" && typeof part === "string" && part !== "" && more.length === 0
    ? onText((text) => test(text.toLowerCase(), part.toLowerCase()))
    : undefined;
}

/** `*` stands for any characters, `\*` and `\\` for themselves. AWS refuses two wildcards in a row. */
function wildcardTest(wanted: string): Test | undefined {
  if (/(?<!\\)(\\\\)*\*\*/.test(wanted) || /\\(?![*\\])/.test(wanted.replaceAll("\\\\", ""))) return undefined;
  const expression = wanted.replace(/\\[*\\]|[^\w\s]/g, (found) => (found === "*" ? ".*" : `\\${found.at(-1)}`));
  const whole = new RegExp(`^${expression}$`, "su");
  return onText((text) => whole.test(text));
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "=": (a, b) => a === b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

function numericTest(wanted: unknown): Test | undefined {
  if (!Array.isArray(wanted) || (wanted.length !== 2 && wanted.length !== 4)) return undefined;
  const tests: ((value: number) => boolean)[] = [];
  for (let at = 0; at < wanted.length; at += 2) {
    const compare = Object.hasOwn(COMPARISONS, String(wanted[at])) ? COMPARISONS[String(wanted[at])] : undefined;
    const bound: unknown = wanted[at + 1];
    if (!compare || typeof bound !== "number") return undefined;
    tests.push((value) => compare(value, bound));
  }
  return (value) => typeof value === "number" && tests.every((test) => test(value));
}

/** A missing field is nothing, so it is not anything but something. */
function anythingBut(wanted: unknown): Test | undefined {
  const isPlain = (value: unknown) => typeof value === "string" || typeof value === "number";
  const present =
    (test: Test): Test =>
    (value) =>
      value !== undefined && test(value);
  if (isPlain(wanted)) return present((value) => value !== wanted);
  if (Array.isArray(wanted))
    return wanted.length > 0 && wanted.every(isPlain)
      ? present((value) => !wanted.some((one) => one === value))
      : undefined;
  const [[operator, operand] = [], ...more] = isObject(wanted) ? Object.entries(wanted) : [];
  if (
    operator === undefined ||
    more.length > 0 ||
    !["prefix", "suffix", "wildcard", "equals-ignore-case"].includes(operator)
  )
    return undefined;
  const tests = [operand].flat().map((one) => operatorTest(operator, one));
  const known = tests.filter((test) => test !== undefined);
  return known.length > 0 && known.length === tests.length
    ? present((value) => known.every((test) => !test(value)))
    : undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const invalid = (reason: string): Error => new Error(`The event pattern is not valid: ${reason}.`);
