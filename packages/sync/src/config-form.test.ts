import { expect, test } from "vitest";
import { formatHead, PART_BYTES, packDocument, parseHead, unpackDocument } from "./config-form.ts";
import { createClusterSigner } from "./config-sign.ts";
import { sampleDocument } from "./testing/config-samples.ts";

const signer = createClusterSigner(new Uint8Array(32).fill(7), "prod");
const about = { parent: "", author: "ann", timeMs: 5 };

test("configuration form cuts a document into parts of 256 KiB and puts it together again", () => {
  const document = sampleDocument(undefined, 2 * PART_BYTES);
  const { stored, parts } = packDocument(document, about);
  expect([...parts.values()].map((p) => p.length)).toEqual([
    PART_BYTES,
    PART_BYTES,
    stored.body.length - 2 * PART_BYTES,
  ]);
  const pieces = stored.head.parts.map((hash) => parts.get(hash)!);
  expect(unpackDocument(stored.head, pieces)).toEqual({ kind: "document", stored });
  expect(unpackDocument(stored.head, pieces.toReversed())).toMatchObject({ refusal: "incomplete" });
});

test("configuration form keeps text beyond ASCII where a part ends inside a character", () => {
  const document = { ...sampleDocument(), retired: { [`x${"é".repeat(PART_BYTES / 2)}`]: 1 } };
  const { stored, parts } = packDocument(document, about);
  expect(unpackDocument(stored.head, [...parts.values()])).toEqual({ kind: "document", stored });
});

test("configuration head is signed with HMAC-SHA-256 under a key by HKDF, byte by byte", () => {
  const head = { revision: 7, parent: "aa", hash: "bb", parts: ["bb"], author: "ann", timeMs: 5 };
  expect(formatHead(head, signer)).toBe(
    "tandem-config-1 c6d0f10d9d9f7300f4b2d56e10e594b4e74ba029d650e939e7e948a95ec2e1a6\n" +
      '{"revision":7,"parent":"aa","hash":"bb","parts":["bb"],"author":"ann","timeMs":5}',
  );
});

test("configuration head cut short anywhere, or with any character changed, is refused", () => {
  const { stored } = packDocument(sampleDocument(), about);
  const text = formatHead(stored.head, signer);
  expect(parseHead(text, signer)).toEqual({ kind: "head", head: stored.head });
  for (let i = 0; i < text.length; i++) {
    expect(parseHead(text.slice(0, i), signer).kind).toBe("refused");
    const other = text[i] === "0" ? "1" : "0";
    expect(parseHead(text.slice(0, i) + other + text.slice(i + 1), signer).kind).toBe("refused");
  }
});
