import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asciiText, defang, isBlank, plainText, unlinkedText } from "../../shared/plain-text.ts";

describe("text from outside", () => {
  it.each([
    ["line breaks", "a\r\nBcc: b", "a??Bcc: b"],
    ["escape sequences", "\u001b[31m", "?[31m"],
    ["bidirectional controls", "a\u202eb\u2066c", "a?b?c"],
    ["line and paragraph separators", "a\u2028b\u2029c", "a?b?c"],
    ["invisible characters", "a\u200bb\ufeffc", "a?b?c"],
    ["lone surrogates", "a\ud800b", "a?b"],
  ])("Plain text has lost the %s of a text from outside.", (_what, text, shown) => {
    expect(plainText(text, 50)).toBe(shown);
  });

  it("Plain text keeps letters and signs of any script.", () => {
    expect(plainText("Bücher 例え 😀 <b>", 50)).toBe("Bücher 例え 😀 <b>");
  });

  it("Plain text that is too long is cut, and says so.", () => {
    expect(plainText("abcdef", 6)).toBe("abcdef");
    expect(plainText("abcdefg", 6)).toBe("abc...");
  });

  it("Plain text is short, without characters that control anything, whatever text it is made of.", () => {
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
])("Plain text with the name %s defanged has no link.", (name, shown) => {
  expect(defang(name)).toBe(shown);
});

it.each([
  ["dev_us-east-1/research/1.4.2", "dev_us-east-1/research/1.4.2"],
  ["dev_www.evil.example/login", "dev_www[.]evil[.]example/login"],
  ["mary@example.com", "mary@example[.]com"],
  ["root@intranet", "root[@]intranet"],
  ["mailto:root tel:112 data: x", "mailto[:]root tel[:]112 data: x"],
  ["\\\\evil\\share and \\\\198.51.100.7\\x", "[\\]\\evil\\share and [\\]\\198[.]51[.]100[.]7\\x"],
  ["file:\\\\evil\\x file:///etc", "file[:][\\]\\evil\\x file[:]///etc"],
  ["198.51.100.7:8080/x", "198[.]51[.]100[.]7:8080/x"],
  ["1.4.2 and 1.2.3.4.5", "1.4.2 and 1.2.3.4.5"],
  ["[@] and @ and a @b", "[@] and @ and a @b"],
  ["https://login.evil.example/x", "https[:]//login[.]evil[.]example/x"],
  ["http://198.51.100.7/x", "http[:]//198[.]51[.]100[.]7/x"],
  ["1.0.rc1 и пример.рф", "1.0[.]rc1 и пример[.]рф"],
  ["evil\u3002com or evil\uff0ecom", "evil[.]com or evil[.]com"],
  ["the end. A start", "the end. A start"],
  ["a\r\nb", "a??b"],
])("Plain text is no link for any mail program where it is made of %j.", (text, shown) => {
  expect(unlinkedText(text, 99)).toBe(shown);
});

it("Plain text in ASCII has a question mark for each other character.", () => {
  expect(asciiText("B\u00fccher\n \u4f8b~", 50)).toBe("B?cher? ?~");
});

it.each([
  ["", true],
  [" \n\t\u200b\u2060\u00ad", true],
  ["\u3164\u115f\ufe0f\u034f\u2800\u17b4", true],
  [" a", false],
  ["\u3164?", false],
  ["1", false],
])("Plain text like %j is blank: %s.", (text, blank) => {
  expect(isBlank(text)).toBe(blank);
});
