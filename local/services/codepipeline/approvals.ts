import { randomUUID } from "node:crypto";
import * as z from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import type { Caller } from "../../gateway/service.ts";
import type { Runner } from "./execution.ts";

/** What somebody decided. */
export interface Decision {
  status: "Approved" | "Rejected";
  summary: string;
  /** ARN of the session that decided. */
  by: string;
}

interface Waiting {
  pipelineName: string;
  stageName: string;
  actionName: string;
}

export interface Approvals {
  /** Lets an action wait. It has a token of its own. */
  wait(action: Waiting): { token: string; decision: Promise<Decision>; forget(): void };
  putApprovalResult(input: unknown, caller: Caller): Promise<{ approvedAt: number }>;
}

const putInput = z.object({
  pipelineName: z.string(),
  stageName: z.string(),
  actionName: z.string(),
  result: z.object({ summary: z.string(), status: z.enum(["Approved", "Rejected"]) }),
  token: z.string(),
});

/**
 * Manual approvals: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutApprovalResult.html
 *
 * @param refuseUnknown throws for a pipeline that does not exist
 */
export function approvals(
  runner: Pick<Runner, "callerArn"> | undefined,
  refuseUnknown: (pipeline: string) => void,
): Approvals {
  const all = new Map<string, Waiting & { decide?: (decision: Decision) => void }>();
  return {
    wait: (action) => {
      const token = randomUUID();
      const decision = new Promise<Decision>((decide) => all.set(token, { ...action, decide }));
      return { token, decision, forget: () => all.set(token, action) };
    },
    putApprovalResult: async (input, caller) => {
      const { pipelineName, stageName, actionName, result, token } = putInput.parse(input);
      refuseUnknown(pipelineName);
      const by = (await runner?.callerArn(caller)) ?? caller.accessKeyId;
      const waiting = all.get(token);
      if (
        !waiting ||
        waiting.pipelineName !== pipelineName ||
        waiting.stageName !== stageName ||
        waiting.actionName !== actionName
      )
        throw new AwsError("InvalidApprovalTokenException", "The approval token is not valid");
      if (!waiting.decide) throw new AwsError("ApprovalAlreadyCompletedException", "The approval was completed before");
      const { decide, ...decided } = waiting;
      all.set(token, decided);
      decide({ ...result, by });
      return { approvedAt: Date.now() / 1_000 };
    },
  };
}
