import { runStage } from "../../shared/stage.ts";
import { selfCheck, testedBy } from "./self-check.ts";

process.exit(
  await runStage("SelfCheck", testedBy, selfCheck, {
    environment: process.env,
    folder: process.cwd(),
    now: Date.now,
    show: console.log,
  }),
);
