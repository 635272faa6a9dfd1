import { deliveredBy } from "../../shared/delivery.ts";
import { runStage } from "../../shared/stage.ts";
import { plan } from "./plan.ts";

process.exit(
  await runStage("Plan", deliveredBy, plan, {
    environment: process.env,
    folder: process.cwd(),
    now: Date.now,
    show: console.log,
  }),
);
