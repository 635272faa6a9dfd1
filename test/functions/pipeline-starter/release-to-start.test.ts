import { expect, it } from "vitest";
import { releaseToStart } from "../../../functions/pipeline-starter/release-to-start.ts";
import type { Refusal } from "../../../shared/refusal.ts";
import { RELEASE, readEvent, requestEvent, tagEvent } from "../../support/pipeline-starter.ts";

const environment = {
  pipeline: "dev-infrastructure",
  sourceAction: "Source",
  regions: ["us-east-1"],
  homeRegion: "us-east-1",
  teams: ["research"],
};
const environments = { dev: environment, prod: environment };
const releaseOf = (event: unknown) => releaseToStart(readEvent(event), environments);
const refusalOf = (event: unknown): Refusal => {
  try {
    releaseOf(event);
  } catch (error) {
    return error as Refusal;
  }
  throw new Error("no refusal");
};

it("The release to start is the one that the tag of an event or of a request names, in the pipeline of its environment.", () => {
  for (const event of [tagEvent(RELEASE.tag), requestEvent(RELEASE.tag)])
    expect(releaseOf(event)).toMatchObject({
      release: RELEASE,
      pipeline: "dev-infrastructure",
      sourceAction: "Source",
    });
});

it("The release to start is refused where a pushed tag breaks the rules, with a tag that keeps them.", () => {
  const { message, steps } = refusalOf(tagEvent("dev_us-east-1/risk/1"));
  expect(message).toBe("Only these teams may release to dev: research.");
  expect(steps).toEqual([
    "Delete the tag. Then push a tag that keeps the rules, such as:",
    "  dev_us-east-1/research/1.0",
  ]);
});

it("The release to start is refused where the tag of a request breaks the rules, and no step deletes a tag.", () => {
  const { message, steps } = refusalOf(requestEvent("dev_us-east-1/risk/1"));
  expect(message).toBe("Only these teams may release to dev: research.");
  expect(steps).toEqual([
    "Ask again, with the whole name of a release tag:",
    '  npm run release-again -- TAG --reason "..."',
  ]);
});

it.each(["v1.2.3", "", "qa_us-east-1/research/1.0"])(
  "The release to start is refused where a request names the tag %j, which begins with no environment.",
  (tag) => {
    expect(refusalOf(requestEvent(tag)).message).toBe(
      "A release tag begins with the name of an environment and _. The environments are dev, prod.",
    );
  },
);

it.each(["", " \u200b\n", 1])("The release to start is refused where a request gives the reason %j.", (reason) => {
  const { message, steps } = refusalOf(requestEvent(RELEASE.tag, { reason }));
  expect(message).toBe("A request for a release needs a reason, and this one has none.");
  expect(steps).toContain('  npm run release-again -- dev_us-east-1/research/1.0 --reason "..."');
});
