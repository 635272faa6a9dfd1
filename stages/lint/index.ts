import { deliveredBy } from "../../shared/delivery.ts";
import { runStage } from "../../shared/stage.ts";
import { lint } from "./lint.ts";

process.exit(
  await runStage("Lint", deliveredBy, lint, {
    environment: process.env,
    folder: process.cwd(),
    now: Date.now,
    show: console.log,
  }),
);
