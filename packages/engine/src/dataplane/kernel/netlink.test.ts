import { expect, test } from "vitest";
import { attributesIn, encodeAttribute, encodeRequest, messagesIn } from "./netlink.ts";

const body = Buffer.concat([
  Buffer.alloc(12),
  encodeAttribute(1, Buffer.from("0a000001", "hex")),
  encodeAttribute(7, Buffer.from("0a0000fe", "hex")),
]);
const datagram = Buffer.concat([
  encodeRequest({ type: 26, sequence: 9, body }, 1),
  encodeRequest({ type: 3, sequence: 10, body: Buffer.alloc(4) }, 0),
]);

test("a request is written as the kernel reads it", () => {
  const hex = "2c000000 1a00 0100 09000000 00000000";
  expect(datagram.toString("hex", 0, 16)).toBe(hex.replaceAll(" ", ""));
  expect(body.toString("hex", 12, 20)).toBe("080001000a000001");
});

test("messages and attributes are read back", () => {
  const messages = [...messagesIn(datagram)];
  expect(messages.map(({ type, sequence }) => [type, sequence])).toEqual([
    [26, 9],
    [3, 10],
  ]);
  const attributes = attributesIn(messages[0]!.body, 12);
  expect([...attributes].map(([type, data]) => [type, data.toString("hex")])).toEqual([
    [1, "0a000001"],
    [7, "0a0000fe"],
  ]);
});

test("a datagram that is cut anywhere is read as far as it goes", () => {
  for (let length = 0; length < datagram.length; length++) {
    const messages = [...messagesIn(datagram.subarray(0, length))];
    expect(messages.length).toBe(length < 16 ? 0 : length < 44 + 16 ? 1 : 2);
    for (const message of messages) attributesIn(message.body, 12);
  }
});

test("a length of zero ends the reading", () => {
  expect([...messagesIn(Buffer.alloc(64))]).toEqual([]);
  expect(attributesIn(Buffer.alloc(64), 0).size).toBe(0);
});
