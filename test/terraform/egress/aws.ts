import { gateway } from "../../../local/gateway/gateway.ts";
import { networkFirewall } from "../../../local/services/networkfirewall/networkfirewall.ts";
import { startMoto } from "../support/moto.ts";
import type { Root } from "../support/root.ts";
import { motoEndpoints } from "../support/vpc.ts";

export const REGION = "eu-central-1";
export const ACCOUNT = "123456789012";

/** Initializes the root with an AWS that has all of it: moto, and a Network Firewall, which moto lacks. */
export async function startAws(root: Root) {
  const { aws, stop } = await startMoto();
  const firewalls = await gateway([networkFirewall(ACCOUNT, REGION, motoEndpoints(aws, REGION))]);
  root.useMoto(aws, REGION, { networkfirewall: firewalls.endpoint });
  await root.run("init");
  return {
    aws,
    firewalls,
    stop: () => {
      stop();
      return firewalls.close();
    },
  };
}
