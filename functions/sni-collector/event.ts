import * as z from "zod";

/** What CloudWatch Logs sends to a subscribed function; `data` is base64 of gzip of JSON. */
const subscriptionEvent = z.object({ awslogs: z.object({ data: z.string() }) });

/** What an EventBridge schedule sends, a rule's or a Scheduler's. */
const scheduledEvent = z.object({
  source: z.enum(["aws.events", "aws.scheduler"]),
  "detail-type": z.literal("Scheduled Event"),
});

/** The two events that wake the function. */
export const sniCollectorEvent = z.union(
  [subscriptionEvent, scheduledEvent],
  "neither a CloudWatch Logs subscription payload nor a scheduled event: correct what invokes this function",
);

/**
 * What a subscription payload holds once it is unpacked. The schema does not look into a log event: an unreadable one
 * must not hurt its neighbours.
 */
export const subscriptionPayload = z.object({
  messageType: z.enum(["DATA_MESSAGE", "CONTROL_MESSAGE"]),
  logEvents: z.array(z.unknown()),
});
export type SubscriptionPayload = z.output<typeof subscriptionPayload>;
