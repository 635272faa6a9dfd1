import { deliveredBy } from "../../shared/delivery.ts";
import { runStage } from "../../shared/stage.ts";
import { apply } from "./apply.ts";

process.exit(
  await runStage("Apply", deliveredBy, apply, {
    environment: process.env,
    folder: process.cwd(),
    now: Date.now,
    show: console.log,
  }),
);
