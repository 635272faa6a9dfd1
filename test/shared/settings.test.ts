import { expect, it } from "vitest";
import * as z from "zod";
import { readSettings } from "../../shared/settings.ts";

const schema = z.object({
  FIRST: z.string(),
  SECOND: z.string().regex(/^\d+$/, "must be digits"),
  THIRD: z.string().default("third"),
});

it("Reading settings names every fault at once, and no value.", () => {
  const read = () => readSettings(schema, { SECOND: "s3cret" });
  expect(read).toThrow("FIRST is missing; SECOND: must be digits");
  expect(read).not.toThrow("s3cret");
});

it("Reading settings takes an empty variable for a missing one.", () => {
  expect(() => readSettings(schema, { FIRST: "", SECOND: "2" })).toThrow("FIRST is missing");
  expect(readSettings(schema, { FIRST: "1", SECOND: "2", THIRD: "" })).toEqual({
    FIRST: "1",
    SECOND: "2",
    THIRD: "third",
  });
});
