import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Service } from "../../gateway/gateway.ts";
import { readModel, validateInput } from "../../gateway/model.ts";
import { json } from "../../gateway/protocols.ts";

const entry = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().default("default"),
});
const putEvents = z.object({ Entries: z.array(entry) });

/** EventBridge with the default bus: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
export function eventBridge(): Service {
  const model = readModel("eventbridge");
  return {
    name: "EventBridge",
    signingName: "events",
    protocol: json("1.1"),
    operations: Object.keys(model.operations),
    perform: async (operation, input) => {
      validateInput(model, operation, input, "ValidationException");
      const entries = putEvents.parse(input).Entries.map(answerTo);
      return { Entries: entries, FailedEntryCount: entries.filter((answer) => "ErrorCode" in answer).length };
    },
  };
}

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
