import * as z from "zod";
import { nameOf } from "../../shared/plan-fingerprint.ts";
import type { PlannedChange } from "../../shared/terraform-plan.ts";

/** The lines of `terraform apply -json`: https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
const line = z.object({
  "@message": z.string(),
  type: z.string(),
  hook: z.object({ resource: z.object({ addr: z.string() }), action: z.string().optional() }).optional(),
  diagnostic: z
    .object({
      severity: z.string(),
      summary: z.string(),
      detail: z.string().default(""),
      address: z.string().optional(),
    })
    .optional(),
});

/** What Terraform has to end with an object for its change to be made. The state alone changes for the others. */
const NEEDED: Readonly<Record<PlannedChange["action"], readonly string[]>> = {
  create: ["create"],
  update: ["update"],
  destroy: ["delete"],
  replace: ["create", "delete"],
  import: [],
  move: [],
  forget: [],
};

/** How far an apply came. */
export interface Progress {
  /** Takes a line of `terraform apply -json`, and returns what people read of it. */
  take(text: string): string[];
  /** Whether Terraform began with anything: before, the world is as it was. */
  began(): boolean;
  /** What Terraform complained of. */
  errors(): string[];
  made(): string[];
  notMade(): string[];
  /** There, but a provisioner did not succeed: Terraform replaces them next time. */
  tainted(): string[];
  /** Destroyed, and not yet made again. */
  destroyedOnly(): string[];
}

/** Follows the apply of a plan. */
export function followApply(planned: readonly PlannedChange[]): Progress {
  const ended = new Set<string>();
  const errors: string[] = [];
  const provisioned = new Set<string>();
  let began = false;

  const isEnded = (address: string, action: string) => ended.has(`${action} ${address}`);
  // An import, a move and a forgotten object have no line of their own.
  const followed = planned.filter(({ action }) => NEEDED[action].length > 0);
  const isMade = ({ address, action }: PlannedChange) => NEEDED[action].every((needed) => isEnded(address, needed));
  const isTainted = (change: PlannedChange) => provisioned.has(change.address) && !isEnded(change.address, "create");
  const names = (changes: readonly PlannedChange[]) => changes.map(({ address, deposed }) => nameOf(address, deposed));

  return {
    take: (text) => {
      const parsed = readLine(text);
      // Terraform prints what is no JSON where it crashes.
      if (!parsed) return text.trim() === "" ? [] : [text];
      const { type, hook, diagnostic, "@message": message } = parsed;
      if (hook?.action !== undefined && type === "apply_start") began = true;
      if (hook?.action !== undefined && type === "apply_complete") ended.add(`${hook.action} ${hook.resource.addr}`);
      // Terraform provisions what is there.
      if (type === "provision_start" && hook) provisioned.add(hook.resource.addr);
      if (type === "apply_progress" || type === "version") return [];
      if (!diagnostic) return [message];
      const { severity, summary, detail, address } = diagnostic;
      if (severity === "error") errors.push([address, summary, detail].filter(Boolean).join(": "));
      return [
        `${severity === "error" ? "Error" : "Warning"}: ${summary}`,
        ...(address ? [`  with ${address}`] : []),
        ...detail.split("\n"),
      ];
    },
    began: () => began,
    errors: () => errors,
    made: () => names(followed.filter(isMade)),
    notMade: () => names(followed.filter((change) => !isMade(change) && !isTainted(change))),
    tainted: () => names(followed.filter(isTainted)),
    destroyedOnly: () =>
      names(
        followed.filter(
          ({ address, action }) =>
            action === "replace" &&
            isEnded(address, "delete") &&
            !isEnded(address, "create") &&
            !provisioned.has(address),
        ),
      ),
  };
}

function readLine(text: string) {
  try {
    return line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
