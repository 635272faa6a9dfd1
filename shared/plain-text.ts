/**
 * Whether there is nothing to read in a text: no letter, digit or sign that shows. Fillers such as U+3164 count as letters in
 * Unicode, and show nothing; U+2800 is a sign without a dot.
 */
export const isBlank = (text: string): boolean =>
  !/[[\p{L}\p{N}\p{P}\p{S}]--[\p{Default_Ignorable_Code_Point}\u2800]]/v.test(text);

/**
 * Makes text from outside safe to show: characters that control a terminal, a line or the direction of writing (and
 * unpaired surrogates) become `?`, and what is longer than `maxLength` characters is cut with `...`.
 */
export const plainText = (text: string, maxLength: number): string =>
  (text.length > maxLength ? `${text.slice(0, maxLength - 3)}...` : text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");

/** As `plainText`, and what is not printable ASCII becomes `?` too. */
export const asciiText = (text: string, maxLength: number): string =>
  plainText(text, maxLength).replace(/[^\x20-\x7e]/gu, "?");

/**
 * `evil.example.com` becomes `evil.example[.]com`: mail programs do not make a link of it, a reader still can. The dot
 * after `www` and one before a short label inside the name go too, or `evil.co[.]uk` would be shown with a link to
 * `evil.co`.
 */
export const defang = (name: string): string => name.replace(/(?<=^www)\.|[.:](?=[^.:]*$|[a-z]{2,3}\.)/g, "[$&]");

/**
 * Text from outside, as `plainText`, in which no mail program finds what it makes a link of: the dot before a letter (or what
 * browsers take for one) and those of an IPv4 address are written `[.]`, the colon of a scheme `[:]`, the `@` before a host
 * without a dot `[@]`, and the first of the two characters that begin a UNC path `[\\]`. Versions such as `1.4.2` stay as they are.
 */
export const unlinkedText = (text: string, maxLength: number): string =>
  plainText(text, maxLength)
    .replace(/[.\u3002\uff0e\uff61](?=\p{L})/gu, "[.]")
    .replace(/(?<!\d|\d\.)\d{1,3}(\.\d{1,3}){3}(?!\d|\.\d)/g, (address) => address.replaceAll(".", "[.]"))
    .replace(/:(?=\/\/|\\)|(?<=\b(file|mailto|tel|sms|sip|callto|skype)):(?=\S)/gi, "[:]")
    .replace(/(?<=[^\s@[])@(?=[\p{L}\p{N}-]+(?![\p{L}\p{N}[-]))/gu, "[@]")
    .replace(/\\\\(?=[^\s\\])/g, "[\\]\\");
