import { expect, it } from "vitest";
import { replay } from "../../local/runtime/replay.ts";
import { hostnamesEvent } from "../support/firewall-records.ts";
import { testSamples } from "../support/samples.ts";
import { digestsIn, summariesIn } from "../support/sni-collector.ts";

const replayed = testSamples("sni-collector", ["announced", "nothing new", "control message", "flushed"]);

const FRAGMENTS = [
  ...["Bcc", "jndi", "script", "<b", "<i", "<s", "attacker", "\u202e", "\\u202e", "\u001b", "\\u001b"],
  ...["aaaaaaaa", "4711"],
];

it("No hostile sample of sni-collector puts its raw text into a call, a log line or the result.", async () => {
  const hostile = await replayed(/hostile/);
  expect(hostile.length).toBeGreaterThan(0);
  for (const { replayed: one } of hostile) {
    const written = JSON.stringify([one.calls, one.result]) + one.log;
    for (const fragment of FRAGMENTS) expect(written).not.toContain(fragment);
  }
});

it("The built sni-collector groups names in its e-mail by the whole Public Suffix List, which the build packs.", async () => {
  const names = [
    "a.one.co.uk",
    "b.one.co.uk",
    "x.github.io",
    "y.github.io",
    "a.b.kobe.jp",
    "a.city.kobe.jp",
    "b.city.kobe.jp",
  ];
  const sample = { file: "names", functionName: "sni-collector", given: {}, before: [], settings: { DEFANG: "false" } };
  const [replayed] = await Array.fromAsync(replay([{ ...sample, event: hostnamesEvent(...names) }]));
  const [summary] = summariesIn(replayed?.calls ?? []);
  expect(summary?.email.match(/^ +\d+x .*$/gm)).toEqual([
    "  2x  city.kobe.jp: 2 hostnames",
    "    1x  a.city.kobe.jp",
    "    1x  b.city.kobe.jp",
    "  2x  one.co.uk: 2 hostnames",
    "    1x  a.one.co.uk",
    "    1x  b.one.co.uk",
    "  1x  a.b.kobe.jp",
    "  1x  x.github.io",
    "  1x  y.github.io",
  ]);
});

it("The sample of sni-collector with trailing dots shows the name with its dot where it always came so, and machines get a flag.", async () => {
  const [only] = await replayed(/trailing-dot/);
  const calls = only?.replayed.calls ?? [];
  expect(summariesIn(calls)[0]?.email).toMatch(/ updates\.example\[\.\]com\. .*\n.* www\[\.\]example\[\.\]com( |$)/m);
  expect(digestsIn(calls)[0]?.data.sightings).toMatchObject([
    { name: "updates.example.com", trailingDot: true },
    { name: "www.example.com", trailingDot: false },
  ]);
});
