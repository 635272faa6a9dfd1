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

/** EventBridge with the default bus: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
export const eventBridge = (): Service => ({
  name: "EventBridge",
  signingName: "events",
  protocol: awsJson("1.1"),
  model: readModel("eventbridge"),
  invalidInput: "ValidationException",
  operations: {
    PutEvents: (input) => {
      const entries = putEvents.parse(input).Entries.map(answerTo);
      return { Entries: entries, FailedEntryCount: entries.filter((answer) => "ErrorCode" in answer).length };
    },
  },
});

/** A bad entry fails alone, in an answer that is a success. */
function answerTo({ Source = "", DetailType = "", Detail = "", EventBusName }: z.output<typeof entry>) {
  if (Source === "" || DetailType === "" || Detail === "") return failed("InvalidArgument", "A member is missing");
  if (Source.startsWith("aws.")) return failed("NotAuthorizedForSourceException", "Not authorized for the source");
  if (EventBusName !== "default") return failed("ResourceNotFoundException", "There is no such event bus");
  try {
    JSON.parse(Detail);
  } catch {
    return failed("MalformedDetail", "Detail is malformed");
  }
  return { EventId: randomUUID() };
}

const failed = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
