import type { ActionExecutionDetail, CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { actionExecutions } from "../../shared/action-executions.ts";
import { plainText } from "../../shared/plain-text.ts";
import { Refusal } from "../../shared/refusal.ts";
import { isSessionOf } from "../../shared/role-session.ts";

/** Who approved, and when. */
export interface Approval {
  /** The ARN of a session of the approver role. */
  approver: string;
  /** ISO 8601. */
  approvedAt: string;
}

const APPROVE = "Approve";

/**
 * Finds the approval of an execution.
 *
 * @throws Refusal where nobody approved, or somebody else than a session of the role
 */
export async function readApproval(
  codepipeline: CodePipelineClient,
  { pipeline, executionId, approverRoleArn }: { pipeline: string; executionId: string; approverRoleArn: string },
): Promise<Approval> {
  const actions = await actionExecutions(codepipeline, { pipelineName: pipeline, pipelineExecutionId: executionId });
  return judgeApproval(actions, approverRoleArn);
}

/** The approval among the actions of an execution; the last one counts. */
export function judgeApproval(actions: readonly ActionExecutionDetail[], approverRoleArn: string): Approval {
  const [last] = actions
    .filter(({ actionName, stageName }) => actionName === APPROVE && stageName === APPROVE)
    .sort((a, b) => (b.startTime?.getTime() ?? 0) - (a.startTime?.getTime() ?? 0));
  const role = approverRoleArn.split("/").at(-1);
  if (last?.status !== "Succeeded")
    throw new Refusal("Nobody approved this release.", `Have it approved in a session of the role ${role}.`);
  const { updatedBy = "", lastUpdateTime } = last;
  if (!isSessionOf(updatedBy, approverRoleArn))
    throw new Refusal(
      `${plainText(updatedBy, 200) || "Nobody that AWS names"} approved this release, and only sessions of the role ${role} may.`,
      `Start it again, and approve it in a session of the role ${role}.`,
    );
  return { approver: updatedBy, approvedAt: (lastUpdateTime ?? last.startTime)?.toISOString() ?? "" };
}
