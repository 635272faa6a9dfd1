import { randomUUID } from "node:crypto";
import * as z from "zod";
import { readModel } from "../../gateway/model.ts";
import { awsJson } from "../../gateway/protocols.ts";
import type { Service } from "../../gateway/service.ts";

const entry = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().default("default"),
});
const putEvents = z.object({ Entries: z.array(entry) });

/** An entry that the bus has taken. */
export interface PutEvent {
  id: string;
  source: string;
  detailType: string;
  detail: unknown;
}

/**
 * EventBridge with the default bus: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 *
 * @param deliver gets what the bus has taken; by default no rule wants it
 */
export const eventBridge = (deliver: (event: PutEvent) => void = () => undefined): Service => ({
  name: "EventBridge",
  signingName: "events",
  protocol: awsJson("1.1"),
  model: readModel("eventbridge"),
  invalidInput: "ValidationException",
  operations: {
    PutEvents: (input) => {
      const entries = putEvents.parse(input).Entries.map((one) => answerTo(one, deliver));
      return { Entries: entries, FailedEntryCount: entries.filter((answer) => "ErrorCode" in answer).length };
    },
  },
});

/** A bad entry fails alone, in an answer that is a success. */
function answerTo(
  { Source = "", DetailType = "", Detail = "", EventBusName }: z.output<typeof entry>,
  deliver: (event: PutEvent) => void,
) {
  if (Source === "" || DetailType === "" || Detail === "") return failed("InvalidArgument", "A member is missing");
  if (Source.startsWith("aws.")) return failed("NotAuthorizedForSourceException", "Not authorized for the source");
  if (EventBusName !== "default") return failed("ResourceNotFoundException", "There is no such event bus");
  let detail: unknown;
  try {
    detail = JSON.parse(Detail);
  } catch {
    return failed("MalformedDetail", "Detail is malformed");
  }
  const id = randomUUID();
  deliver({ id, source: Source, detailType: DetailType, detail });
  return { EventId: id };
}

const failed = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
