/** A number as people read it, such as `1,840`. */
export const number = (value: number): string => value.toLocaleString("en-US");

/** A number of things, such as `1 hostname` or `2,000 hostnames`. */
export const quantity = (value: number, noun: string, plural = "s"): string =>
  `${number(value)} ${noun}${value === 1 ? "" : plural}`;
