import { collect } from "../../functions/sni-collector/collect.ts";
import { decode } from "../../functions/sni-collector/decode.ts";
import { alternate, comparison, contender, type Measurement } from "../measurement.ts";
import { alertBatch } from "./alert-batch.ts";
import { floor } from "./floor.ts";

const RECORDS_PER_CONTENDER = 600_000;

/**
 * The time that one batch takes to decode and collect. Garbage is collected when the engine sees fit, as in Lambda: a
 * forced collection would make it forget the shapes of records, and with them the compiled code.
 */
export async function collectTime(records: number): Promise<Measurement[]> {
  const data = alertBatch(records);
  const rounds = RECORDS_PER_CONTENDER / records;
  const ours = contender(timed(() => collect(decode(data, 2 ** 26).logEvents, Date.now())));
  const least = contender(timed(() => floor(data)));
  await alternate([ours, least], rounds, rounds / 10);
  return [
    {
      name: `decode + collect, ${records.toLocaleString("en")} records`,
      unit: "ms",
      against: "the floor",
      ...comparison(ours, least),
      aim: 1.1,
    },
  ];
}

const timed = (read: () => void) => () => {
  const start = performance.now();
  read();
  return performance.now() - start;
};
