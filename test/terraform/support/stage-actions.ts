/**
 * The IAM actions on pipeline and ledger that each stage uses. One test compares them with the calls of the stages, another one with
 * the policies of their builds.
 */
export const STAGE_ACTIONS = {
  plan: ["codepipeline:GetPipelineExecution", "dynamodb:GetItem"],
  apply: [
    ...["codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions"],
    ...["dynamodb:GetItem", "dynamodb:UpdateItem"],
  ],
};
