/**
 * Waits until all have ended, also where one fails. A stage that ended earlier would leave a Terraform behind that holds the lock of
 * the state.
 *
 * @returns the values, as Promise.all does
 * @throws the error of the first that failed, in the order given
 */
export async function allEnded<Values extends readonly unknown[]>(
  promises: readonly [...{ [Key in keyof Values]: Promise<Values[Key]> }],
): Promise<Values> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
