import type { Service } from "../../gateway/gateway.ts";
import { readModel, validateInput } from "../../gateway/model.ts";
import { query } from "../../gateway/protocols.ts";

/** STS, which knows one caller: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export function sts(account: string): Service {
  const model = readModel("sts");
  return {
    name: "STS",
    signingName: "sts",
    protocol: query(model),
    operations: Object.keys(model.operations),
    perform: async (operation, input) => {
      validateInput(model, operation, input, "ValidationError");
      return {
        Arn: `arn:aws:sts::${account}:assumed-role/Developer/local`,
        UserId: "AROAEXAMPLE:local",
        Account: account,
      };
    },
  };
}
