/**
 * A permanent fault: a retry would change nothing, so people get an e-mail. The rule that refuses words the reason and
 * the steps, so that the two stand side by side; `announcement.ts` writes every other sentence.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** What to do: `nextSteps` of an e-mail. */
  readonly steps: readonly string[];

  /** @param reason what is wrong, in sentences */
  constructor(reason: string, ...steps: string[]) {
    super(reason);
    this.steps = steps;
  }
}
