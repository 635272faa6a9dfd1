import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Replayed } from "../../local/runtime/replay.ts";
import { alertRecord, hostnamesEvent, payload, scheduledEvent } from "../support/firewall-records.ts";
import { givenExecution, pipelineEvent } from "../support/guardrail-merger.ts";
import { runReplay, runReplayIn } from "../support/replay.ts";
import { digestsIn, summariesIn } from "../support/sni-collector.ts";

const folder = mkdtempSync(join(tmpdir(), "palisade replay-"));
afterAll(() => rmSync(folder, { recursive: true }));

const sample = (name: string, content: unknown): string => {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(content));
  return file;
};
const first = sample("first", hostnamesEvent("a.example.com"));
const second = sample("second", hostnamesEvent("b.example.com"));
const flush = sample("flush", scheduledEvent);
const broken = sample("broken", { awslogs: { data: "!" } });
const unreadable = sample("unreadable", payload(["{", alertRecord({ sni: "<b>" })]));
const STARTED = "events/pipeline-starter/started-global.json";

/** Replays for the sni-collector and reads the lines. */
async function lines(...args: string[]) {
  const { code, stdout, stderr } = await runReplay("--json", "--function", "sni-collector", ...args);
  return { code, stderr, lines: objectsIn<Omit<Replayed, "log">>(stdout) };
}
const objectsIn = <Line>(text: string): Line[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
const outcomesOf = (replayed: readonly { result: unknown }[]) =>
  replayed.map(({ result }) => (result as { outcome: string } | null)?.outcome);

describe.concurrent("a run with --json", () => {
  const run = lines("--logs", broken, first, second, first, flush, unreadable);

  it("replay --json writes one line for each event, with the fields that other programs rely on.", async () => {
    const { lines: replayed } = await run;
    expect(replayed).toHaveLength(6);
    expect(replayed[1]).toEqual({
      event: first,
      function: "sni-collector",
      result: expect.objectContaining({ outcome: "announced", records: 1, names: 1, new: 1 }),
      error: null,
      calls: expect.any(Array),
      durationMs: expect.any(Number),
    });
    for (const call of replayed[1]?.calls ?? [])
      expect(Object.keys(call)).toEqual(["service", "operation", "input", "error"]);
    expect(replayed[1]?.calls).toContainEqual({
      service: "SNS",
      operation: "Publish",
      input: expect.objectContaining({
        TopicArn: "arn:aws:sns:us-east-1:111122223333:egress",
        MessageStructure: "json",
        MessageAttributes: expect.objectContaining({ blocked: { DataType: "String", StringValue: "true" } }),
      }),
      error: null,
    });
  });

  it("replay writes a line with its error for an event that fails, runs the events after it, and exits with 1.", async () => {
    const { code, lines: replayed } = await run;
    expect([code, replayed[0]?.result, replayed[0]?.error]).toEqual([
      1,
      null,
      { name: "Error", message: "Payload is not base64" },
    ]);
    expect(replayed.slice(1).map(({ error }) => error)).toEqual(Array(5).fill(null));
  });

  it("replay makes the events of one run happen in order and in one world.", async () => {
    const { lines: replayed } = await run;
    expect(outcomesOf(replayed.slice(1, 5))).toEqual(["announced", "recorded", "nothing new", "flushed"]);
  });

  it("replay --logs shows the log of the function on standard error: warnings, metrics and the reason of a failure.", async () => {
    const logged = objectsIn<Record<string, unknown>>((await run).stderr);
    expect(logged).toContainEqual(
      expect.objectContaining({
        level: "ERROR",
        message: "invocation failed",
        error: expect.objectContaining({ message: "Payload is not base64" }),
      }),
    );
    expect(logged).toContainEqual(
      expect.objectContaining({
        level: "WARN",
        message: "records are not readable",
        eventIds: ["0".repeat(56)],
        function_request_id: expect.any(String),
      }),
    );
    expect(logged).toContainEqual(
      expect.objectContaining({
        service: "sni-collector",
        Records: 2,
        Names: 0,
        NewNames: 0,
        BlockedNames: 0,
        UnreadableRecords: 1,
        RejectedNames: 1,
        NamelessRecords: 0,
        Digests: 0,
      }),
    );
    expect(logged).toContainEqual(expect.objectContaining({ service: "sni-collector", Names: 1, BlockedNames: 1 }));
  });
});

describe.concurrent("a run for people", () => {
  it("replay ends with the totals, shows each e-mail in a box, and has no colour where there is no terminal.", async () => {
    const { code, stdout, stderr } = await runReplay("--function", "sni-collector", first, broken);
    expect([code, stderr]).toEqual([1, ""]);
    expect(stdout).toMatch(
      /^✓ announced {2}sni-collector {2}first\.json {2}records 1, names 1, new 1 {2}8 AWS calls, \d+ ms\n/,
    );
    expect(stdout).toContain("│ Subject: [palisade] 1 new hostname, 1 blocked, via egress-firewall");
    expect(stdout).toContain("│   1x  a.example[.]com");
    expect(stdout).toContain("✗ failed  sni-collector  broken.json");
    expect(stdout).toContain("  Error: Payload is not base64");
    expect(stdout).toMatch(/\n2 events, 1 failed, 1 e-mail to operators\n$/);
    expect(stdout).not.toContain("\u001b");
  });

  it("replay runs the function in whose folder an event lies, without --function.", async () => {
    const { code, stdout } = await runReplay(STARTED, "events/sni-collector/nothing-new-icmp.json");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✓ started {2}pipeline-starter {2}started-global\.json /);
    expect(stdout).toMatch(/\n {2}▶ starts the pipeline prod-infrastructure with\n {4}ENV {22}prod\n/);
    expect(stdout).toContain("\n✓ nothing new  sni-collector  nothing-new-icmp.json  records 1, nameless 1  ");
  });
});

describe.concurrent("a run of every sample", () => {
  /** A package with a few samples only, for a run of all of them. */
  const few = join(folder, "few");
  const FIRST = "announced-blog-blocked-and-allowed.json";
  for (const path of ["local", "shared", "node_modules", "package.json"]) {
    mkdirSync(few, { recursive: true });
    symlinkSync(resolve(path), join(few, path));
  }
  cpSync("cli", join(few, "cli"), { recursive: true });
  for (const path of [
    `sni-collector/${FIRST}`,
    "sni-collector/announced-quic.json",
    "pipeline-starter/started-global.json",
  ])
    cpSync(join("events", path), join(few, "events", path));
  const every = (...args: string[]) => runReplayIn({ cwd: few }, ...args);
  const boxes = (stdout: string) => stdout.split("\n").filter((line) => line.startsWith("╭")).length;

  it("replay without files shows the first e-mail whole, then one line for each sample.", async () => {
    const { code, stdout } = await every();
    expect([code, boxes(stdout)]).toEqual([0, 1]);
    const others = stdout.split("\n").filter((line) => !/^[╭│├╰]/.test(line));
    expect(others).toEqual([
      expect.stringContaining(FIRST),
      expect.stringMatching(/^ {2}▶ sends data: \[palisade\] For machines: 2 new hostnames, 1 blocked, via /),
      expect.stringContaining("started-global.json"),
      expect.stringContaining("announced-quic.json"),
      "3 events, 0 failed, 3 e-mails to operators",
      "See every e-mail whole: npm run replay -- --all",
      "",
    ]);
  });

  it("replay --all shows every e-mail whole, and --function keeps to the samples of one function.", async () => {
    const { stdout } = await every("--all", "--function", "sni-collector");
    expect([boxes(stdout), stdout]).toEqual([
      2,
      expect.stringMatching(/\n2 events, 0 failed, 2 e-mails to operators\n$/),
    ]);
  });

  it("replay without files and with a fault meets the fault once, in the first sample.", async () => {
    const { code, stdout, stderr } = await every("--json", "--crash-after", "SNS.Publish");
    expect([code, stderr]).toEqual([1, ""]);
    const replayed = objectsIn<Replayed>(stdout);
    // --json keeps to the order of the files.
    expect(replayed.map(({ event, error }) => [event, error?.name])).toEqual([
      ["events/pipeline-starter/started-global.json", "Runtime.ExitError"],
      [`events/sni-collector/${FIRST}`, undefined],
      ["events/sni-collector/announced-quic.json", undefined],
    ]);
  });
});

describe.concurrent("an option", () => {
  it("replay --set changes a setting of the function.", async () => {
    const { lines: replayed } = await lines("--set", "DIGEST_MINUTES=0", "--set", "DEFANG=false", first, second);
    const published = digestsIn(replayed.flatMap(({ calls }) => calls));
    expect(published.map(({ names }) => names)).toEqual([["a.example.com"], ["b.example.com"]]);
    expect(summariesIn(replayed.flatMap(({ calls }) => calls))[0]?.email).toContain("a.example.com");
  });

  it("replay --set with wrong values fails the event with the names of all wrong settings, and without their values.", async () => {
    const wrong = ["TABLE_NAME=", "TOPIC_ARN=s3cret", "TTL_DAYS=never"].flatMap((setting) => ["--set", setting]);
    const { code, lines: replayed } = await lines(...wrong, first);
    expect(code).toBe(1);
    const message = replayed[0]?.error?.message ?? "";
    expect(message).toContain(
      "TABLE_NAME is missing; TOPIC_ARN: must be the ARN of a standard SNS topic; TTL_DAYS: must be",
    );
    expect(message).not.toMatch(/s3cret|never/);
  });

  describe("a fault", () => {
    const run = lines(
      ...[
        "--crash-after",
        "DynamoDB.TransactWriteItems",
        "--fail",
        "sns.publish=Throttling:2",
        "--lose",
        "SNS.Publish",
      ],
      ...["--fail", "DynamoDB.PutItem=Throttling:3", "--crash-after", "STS.GetCallerIdentity"],
      ...["--set", "DIGEST_MINUTES=0", first, first],
    );

    it("replay --crash-after ends the invocation right after the call, and the next event finds what the call did.", async () => {
      const { code, lines: replayed } = await run;
      expect(code).toBe(1);
      expect(replayed[0]).toMatchObject({ result: null, error: { name: "Runtime.ExitError" } });
      expect(replayed[0]?.calls.at(-1)).toMatchObject({
        operation: "TransactWriteItems",
        error: null,
        fault: "crash-after",
      });
      expect(replayed[1]).toMatchObject({ result: { outcome: "announced", names: 1, new: 0 }, error: null });
    });

    it("replay --fail refuses the next calls, --lose lets the next one take effect without an answer, and the SDK tries again.", async () => {
      const publications = (await run).lines[1]?.calls.filter(({ operation }) => operation === "Publish") ?? [];
      expect(publications.map(({ error, fault }) => [error?.name, fault])).toEqual([
        ["Throttling", "fail"],
        ["Throttling", "fail"],
        [undefined, "lose"],
        [undefined, undefined],
        [undefined, undefined],
      ]);
      expect(publications.map((call) => Object.keys(call).length)).toEqual([5, 5, 5, 4, 4]);
    });

    it("replay reports a fault that never happened on standard error at the end.", async () => {
      expect((await run).stderr).toBe(
        [
          "--fail DynamoDB.PutItem=Throttling:3 never happened: no event made such a call.",
          "--crash-after STS.GetCallerIdentity never happened: no event made such a call.",
          "",
        ].join("\n"),
      );
    });
  });

  it("replay takes a file from where the user is before one of the same path in the package.", async () => {
    const file = "events/sni-collector/announced-quic.json";
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    cpSync(first, join(folder, file));
    const env = { ...process.env, INIT_CWD: folder };
    const { stdout } = await runReplayIn({ env }, "--json", file);
    const [replayed] = objectsIn<Replayed>(stdout);
    expect(digestsIn(replayed?.calls ?? [])[0]?.names).toEqual(["a.example.com"]);
  });

  it("replay --state keeps tables between runs, in a folder where the user is.", async () => {
    // npm runs replay in the folder of the package.
    const env = { ...process.env, INIT_CWD: folder };
    const run = async (...args: string[]) =>
      (await runReplayIn({ env }, "--json", "--state", "kept", "--function", "sni-collector", ...args)).stdout;
    await run("first.json");
    expect(outcomesOf(objectsIn<Replayed>(await run("first.json", "second.json")))).toEqual([
      "nothing new",
      "recorded",
    ]);
  });

  it("replay --repositories lets a merge happen in the repository of the user, as git log there proves.", async () => {
    const repository = join(folder, "merging", "guardrails");
    mkdirSync(repository, { recursive: true });
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", repository, "-c", "user.name=A", "-c", "user.email=a@example.com", ...args], {
        encoding: "utf8",
      }).trim();
    const commit = (message: string) => git("commit", "--quiet", "--allow-empty", "--message", message);
    git("init", "--quiet", "--initial-branch=main");
    commit("first");
    git("checkout", "--quiet", "-b", "develop");
    commit("tested");
    const revisionId = git("rev-parse", "HEAD");
    commit("not tested");

    const file = sample("tested", { given: givenExecution(revisionId), event: pipelineEvent() });
    const repositories = ["--repositories", join(folder, "merging")];
    expect(await runReplay("--function", "guardrail-merger", ...repositories, file)).toMatchObject({ code: 0 });
    expect(git("log", "--format=%s", "main").split("\n")).toEqual(["tested", "first"]);
  });

  it("replay --help lists every option without its default value, and exits with 0.", async () => {
    const { code, stdout } = await runReplay("--help");
    expect(code).toBe(0);
    for (const option of ["--all", "--crash-after", "--fail", "--function", "--json", "--logs", "--lose", "--set"])
      expect(stdout).toContain(`  ${option} `);
    expect(stdout).not.toContain("default:");
  });
});

describe.concurrent("wrong usage", () => {
  it.each([
    ["an unknown option", ["--nonsense", first], "unknown option '--nonsense'"],
    ["a fault without an error", ["--fail", "SNS.Publish", first], "Write SERVICE.OPERATION=ERROR"],
    ["a setting without a value", ["--set", "DIGEST_MINUTES", first], "Write NAME=VALUE"],
    ["a file that does not exist", ["no-such-event.json"], "no-such-event.json is not a sample event"],
    [
      "a fault of an unknown service",
      ["--fail", "S4.PutObject=Foo", "--function", "sni-collector", first],
      "The local AWS has no service S4. Did you mean S3?",
    ],
    [
      "a function without samples",
      ["--function", "no-such-function"],
      "no sample events of a function no-such-function",
    ],
    ["a function outside dist", ["--function", "../dist/sni-collector", first], "Name the one to run: --function NAME"],
    ["a folder that is not a function", [first], "Name the one to run: --function NAME"],
    ["a state that is not a folder", ["--state", "/dev/null", STARTED], "It is not a folder."],
    ["a state without events", ["--state", folder], "name the events"],
    ["repositories that are not a folder", ["--repositories", join(folder, "none"), first], "It is not a folder."],
    ["an empty name for the repositories", ["--repositories", "", first], "It is not a folder."],
  ])("replay refuses %s with exit code 2 and a reason.", async (_what, args, reason) => {
    const { code, stdout, stderr } = await runReplay(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(reason);
    // One reason, and no stack.
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe.concurrent("output that nobody reads", () => {
  const args = ["cli/replay.ts", "--json", STARTED];

  it("replay ends as the signal SIGPIPE would end it where its reader has seen enough.", async () => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
    child.stdout.destroy();
    expect(await once(child, "exit")).toEqual([141, null]);
  });

  it("replay exits with 1 and a reason where its output cannot be written.", async () => {
    const command = ["-c", 'exec "$0" "$@" > /dev/full', process.execPath, ...args];
    const { status, stderr } = spawnSync("sh", command, { encoding: "utf8" });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^The output could not be written: ENOSPC/)]);
  });
});
