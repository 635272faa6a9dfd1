import fc from "fast-check";
import { expect, it } from "vitest";
import { type ReleaseSummary, releaseSummary } from "../../../shared/release-summary.ts";
import { MAX_SUMMARY, summaryText } from "../../../stages/plan/summary-text.ts";

const COMMIT = "98180b5656644d8b712112613b9e73a63ed0048f";
const NONE = { create: 0, update: 0, replace: 0, destroy: 0, import: 0, move: 0, forget: 0, output: 0 };

const summary = (more: Partial<ReleaseSummary> = {}): ReleaseSummary =>
  releaseSummary.parse({
    ...{ environment: "prod", team: "research", scope: "us-east-1", region: "us-east-1", version: "1.1" },
    ...{ tag: "prod_us-east-1/research/1.1", commitId: COMMIT, executionId: "1", taggedBy: "unknown" },
    from: { version: "1.0", commitId: `1${COMMIT.slice(1)}`, tag: "prod_us-east-1/research/1.0", executionId: "-" },
    ...{ direction: "forward", applyable: true, counts: NONE, changes: [], drift: [], unstable: [] },
    scan: { stopping: [], waived: [], other: [] },
    ...{ planSha256: "", planFingerprint: "" },
    ...more,
  });

const lost = (count: number, addressOf: (index: number) => string, action: "destroy" | "replace" = "destroy") =>
  Array.from({ length: count }, (_, index) => ({ address: addressOf(index), action }));

it("The summary says where it goes, from what to what, what it does, and who tagged it.", () => {
  const text = summaryText(
    summary({
      counts: { ...NONE, create: 3, update: 1, replace: 1, destroy: 1, output: 2 },
      changes: [
        { address: "aws_vpc.main", action: "create" },
        { address: "aws_db_instance.main", action: "replace" },
        { address: 'aws_s3_bucket.logs["a"]', action: "destroy" },
        { address: "aws_kms_key.old", deposed: "1a2b", action: "destroy" },
      ],
      taggedBy: "arn:aws:iam::111122223333:user/mary",
      drift: ["aws_vpc.main"],
    }),
  );
  expect(text).toBe(
    "prod us-east-1: research 1.0 (18180b5) to 1.1 (98180b5), forward; create 3, update 1, REPLACE 1, DESTROY 1, change outputs 2; " +
      "scans: 0 stop, 0 waived, 0 other; 1 changed outside Terraform; tagged by arn:aws:iam::111122223333:user/mary; " +
      'destroy aws_s3_bucket.logs["a"], destroy aws_kms_key.old (deposed object 1a2b), replace aws_db_instance.main.',
  );
});

it.each([
  [{ from: null, direction: "first" }, "research 1.1 (98180b5), first release"],
  [{ direction: "back" }, "BACK to an older commit"],
  [{ direction: "aside" }, "ASIDE: neither commit contains the other"],
  [{ applyable: false }, "; nothing to change; "],
  [{ applyable: true }, "; changes the state only; "],
] as const)("The summary of %j says so.", (more, said) => {
  expect(summaryText(summary(more))).toContain(said);
});

it("Addresses that do not fit are counted, and none is cut.", () => {
  const changes = lost(100, (index) => `aws_s3_bucket.bucket_${index}`);
  const text = summaryText(summary({ changes }));
  const [, shown = "", more = ""] = /; (destroy .*), and (\d+) more, in the e-mail\.$/.exec(text) ?? [];
  expect(shown.split(", ").map((part) => part.replace("destroy ", ""))).toEqual(
    changes.slice(0, 100 - Number(more)).map(({ address }) => address),
  );
  expect(text.length).toBeGreaterThan(MAX_SUMMARY - 50);
});

it("An address that is too long hides none that fits.", () => {
  const [long, short] = lost(2, (index) => (index === 0 ? "a".repeat(1_000) : "a.b"));
  expect(summaryText(summary({ changes: [long, short].filter((one) => one !== undefined) }))).toMatch(
    /; destroy a\.b, and 1 more, in the e-mail\.$/,
  );
});

it("The summary uses all of its 900 characters, and no more.", () => {
  const lengths = Array.from({ length: 300 }, (_, more) =>
    summaryText(summary({ changes: lost(1, () => "a".repeat(600 + more)) })),
  ).map(({ length }) => length);
  expect(Math.max(...lengths)).toBe(MAX_SUMMARY);
});

it("Notes are counted at the end, and left out where the addresses need the room.", () => {
  const notes = ["The waiver of AWS-0107 for a fits no finding: take it out."];
  expect(summaryText(summary({ notes, changes: lost(1, () => "a.b") }))).toMatch(
    /; destroy a\.b; 1 note, in the e-mail\.$/,
  );
  expect(summaryText(summary({ notes: [...notes, "Another."] }))).toMatch(/; 2 notes, in the e-mail\.$/);
  const lengths = Array.from({ length: 300 }, (_, more) => {
    const changes = lost(1, () => "a".repeat(500 + more));
    const [text, plain] = [summaryText(summary({ notes, changes })), summaryText(summary({ changes }))];
    expect([plain, plain.replace(/\.$/, "; 1 note, in the e-mail.")]).toContain(text);
    return text.length;
  });
  expect(Math.max(...lengths)).toBe(MAX_SUMMARY);
});

it("An address that does not fit at all is counted.", () => {
  expect(summaryText(summary({ changes: lost(2, (index) => `a.${"x".repeat(900)}${index}`) }))).toMatch(
    /; 2 to destroy or replace, in the e-mail\.$/,
  );
});

it("The summary is one line of at most 900 printable ASCII characters, without a variable of CodePipeline or a link, whatever is in it.", () => {
  const text = fc.string({ unit: "binary", maxLength: 300 });
  const action = fc.constantFrom("destroy" as const, "replace" as const);
  fc.assert(
    fc.property(text, fc.array(fc.record({ address: text, action }), { maxLength: 30 }), (taggedBy, changes) => {
      const hostile = changes.map((change) => ({
        ...change,
        address: `#{Plan.X}https://evil.example${change.address}`,
      }));
      const environment = "e".repeat(32);
      const version = `1${"0".repeat(63)}`;
      const from = { version, commitId: COMMIT, tag: "", executionId: "" };
      const said = summaryText(
        summary({
          environment,
          team: "t".repeat(40),
          scope: "ap-northeast-1",
          version,
          from,
          taggedBy: `#{${taggedBy}`,
          changes: hostile,
          direction: "aside",
        }),
      );
      expect(said).toMatch(/^[\x20-\x7e]{1,900}$/);
      expect(said).not.toMatch(/#\{|:\/\//);
    }),
  );
});

it("A request to release again names its sender by their own word, with the reason, and never as who tagged.", () => {
  const text = summaryText(summary({ taggedBy: "arn:aws:iam::111122223333:user/eve", reason: "a lock was held" }));
  expect(text).toContain(
    "; asked for again by arn:aws:iam::111122223333:user/eve, by their own word, because: a lock was held.",
  );
  expect(text).not.toContain("tagged by");
  expect(summaryText(summary({ reason: "x".repeat(2_000) })).length).toBeLessThanOrEqual(MAX_SUMMARY);
});
