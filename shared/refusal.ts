/** A permanent fault: trying again would change nothing, so people are told. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** What to do, in sentences. */
  readonly remedy: string;

  /** @param reason what is wrong, in sentences */
  constructor(reason: string, remedy: string) {
    super(reason);
    this.remedy = remedy;
  }
}
