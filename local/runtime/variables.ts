/** Output variables by namespace, as `#{namespace.name}` reads them. */
export type Namespaces = ReadonlyMap<string, Readonly<Record<string, string>>>;

/**
 * Puts values in the places of `#{namespace.name}`, as CodePipeline does.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
 *
 * @param place names the text in errors
 * @throws Error for a variable that nothing has set
 */
export const resolved = (text: string, namespaces: Namespaces, place: string): string =>
  text.replace(/#\{([^}]*)\}/g, (reference, path: string) => {
    const [namespace = "", name = "", ...more] = path.split(".");
    const variables = namespaces.get(namespace);
    const value = variables && more.length === 0 && Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined) throw new Error(`${place}: nothing has set the variable ${reference}.`);
    return value;
  });
