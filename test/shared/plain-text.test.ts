import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defang, plainText, unlinkedText } from "../../shared/plain-text.ts";

describe("text from outside", () => {
  it.each([
    ["line breaks", "a\r\nBcc: b", "a??Bcc: b"],
    ["escape sequences", "\u001b[31m", "?[31m"],
    ["bidirectional controls", "a\u202eb\u2066c", "a?b?c"],
    ["line and paragraph separators", "a\u2028b\u2029c", "a?b?c"],
    ["invisible characters", "a\u200bb\ufeffc", "a?b?c"],
    ["lone surrogates", "a\ud800b", "a?b"],
  ])("loses %s", (_what, text, shown) => {
    expect(plainText(text, 50)).toBe(shown);
  });

  it("keeps letters and signs of any script", () => {
    expect(plainText("Bücher 例え 😀 <b>", 50)).toBe("Bücher 例え 😀 <b>");
  });

  it("is cut where it is too long, and says so", () => {
    expect(plainText("abcdef", 6)).toBe("abcdef");
    expect(plainText("abcdefg", 6)).toBe("abc...");
  });

  it("of any kind is short and steers nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 3, max: 50 }), (text, most) => {
        expect(plainText(text, most)).toMatch(new RegExp(`^[^\\p{C}\\p{Zl}\\p{Zp}]{0,${most}}$`, "u"));
      }),
    );
  });
});

it.each([
  ["evil.example.com", "evil.example[.]com"],
  ["example.org", "example[.]org"],
  ["evil.co.uk", "evil[.]co[.]uk"],
  ["bank.com.attacker.example", "bank[.]com.attacker[.]example"],
  ["203.0.113.9", "203.0.113[.]9"],
  ["2001:db8::1", "2001:db8:[:]1"],
  ["www.evil.example", "www[.]evil[.]example"],
  ["localhost", "localhost"],
])("a name is defanged: %s", (name, shown) => {
  expect(defang(name)).toBe(shown);
});

it.each([
  ["dev_us-east-1/research/1.4.2", "dev_us-east-1/research/1.4.2"],
  ["dev_www.evil.example/login", "dev_www[.]evil[.]example/login"],
  ["mary@example.com", "mary@example[.]com"],
  ["https://login.evil.example/x", "https[:]//login[.]evil[.]example/x"],
  ["http://198.51.100.7/x", "http[:]//198.51.100.7/x"],
  ["1.0.rc1 и пример.рф", "1.0[.]rc1 и пример[.]рф"],
  ["evil\u3002com or evil\uff0ecom", "evil[.]com or evil[.]com"],
  ["the end. A start", "the end. A start"],
  ["a\r\nb", "a??b"],
])("no mail program makes a link of %j", (text, shown) => {
  expect(unlinkedText(text, 99)).toBe(shown);
});
