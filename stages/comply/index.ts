import { runStage } from "../../shared/stage.ts";
import { comply } from "./comply.ts";
import { actionOf, checkedBy } from "./subject.ts";

process.exit(
  await runStage(actionOf(process.env), checkedBy, comply, {
    environment: process.env,
    folder: process.cwd(),
    now: Date.now,
    show: console.log,
  }),
);
