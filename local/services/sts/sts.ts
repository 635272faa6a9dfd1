import { readModel } from "../../gateway/model.ts";
import { awsQuery } from "../../gateway/protocols.ts";
import type { Service } from "../../gateway/service.ts";

/** STS, which knows one caller: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export const sts = (account: string): Service => ({
  name: "STS",
  signingName: "sts",
  protocol: awsQuery(),
  model: readModel("sts"),
  invalidInput: "ValidationError",
  operations: {
    GetCallerIdentity: () => ({
      Arn: `arn:aws:sts::${account}:assumed-role/Developer/local`,
      UserId: "AROAEXAMPLE:local",
      Account: account,
    }),
  },
});
