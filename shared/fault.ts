/** A fault that people can do something about, with the steps. A repeat may succeed, unlike with a `Refusal`. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly steps: readonly string[];

  /** @param reason what went wrong, in sentences */
  constructor(reason: string, ...steps: string[]) {
    super(reason);
    this.steps = steps;
  }
}
