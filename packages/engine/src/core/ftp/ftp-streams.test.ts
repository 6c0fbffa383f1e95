/** Whatever is sent, and however: no byte of a stream is lost, and nothing throws. */
import { expect, test } from "vitest";
import { readSegment } from "../../packet/testing-segments.ts";
import { createRandom } from "../random.ts";
import { type Method, nets, openControl, text227 } from "./testing.ts";

/** One side's stream as the other side puts it together by its numbers. */
function createReceiver(first: number) {
  const bytes = new Map<number, string>();
  let text = "";
  let next = first;
  return {
    take({ sequence, payload }: { sequence: number; payload: string }) {
      for (const [i, c] of [...payload].entries()) {
        const at = sequence + i;
        if (bytes.has(at)) expect(c, `byte ${at}`).toBe(bytes.get(at));
        bytes.set(at, c);
      }
      for (; bytes.has(next); next++) text += bytes.get(next);
    },
    /** What has come without a gap, and the number behind it. */
    stream: () => ({ text, next }),
  };
}

test("both streams stay whole through any segments, losses and repetitions", () => {
  const seed = 959;
  const random = createRandom(seed);
  for (let round = 0; round < 60; round++) {
    const method: Method = round % 2 === 0 ? "full-nat" : "masquerade";
    const { fromClient, fromServer } = openControl(4, method);
    const sides = {
      client: { said: "", number: 1000, receiver: createReceiver(5000), send: fromClient },
      server: { said: "", number: 5000, receiver: createReceiver(1000), send: fromServer },
    };
    for (let i = 0; i < 30; i++) {
      const [own, other] = random(2) === 0 ? [sides.client, sides.server] : [sides.server, sides.client];
      const isClient = own === sides.client;
      const line = isClient
        ? ["NOOP\r\n", `PORT 198,51,100,7,156,${random(256)}\r\n`, "PASV\r\n"][random(3)]!
        : ["200 ok\r\n", text227(nets[4].server, 50_000 + random(100)), "226 done\r\n"][random(3)]!;
      const sequence = own.number + own.said.length;
      own.said += line;
      for (let copies = 1 + (random(4) === 0 ? 1 : 0); copies > 0; copies--) {
        const acknowledged = own.receiver.stream().next;
        const where = `seed ${seed}, round ${round}, step ${i}`;
        const packets = own.send({ sequence, acknowledged, payload: line });
        expect(packets, where).toHaveLength(1);
        const got = readSegment(packets[0]!);
        if (random(8) > 0) other.receiver.take(got);
        // the peer is told of exactly what it has sent
        expect(got.acknowledged - other.number, where).toBe(other.said.length - lost(other, own));
      }
      if (lost(own, other) > 0) {
        // sent again, as it was
        const again = own.send({ sequence, acknowledged: own.receiver.stream().next, payload: line });
        other.receiver.take(readSegment(again[0]!));
      }
    }
    const { text } = sides.client.receiver.stream();
    expect(text.replaceAll("203,0,113,100", "10,0,0,1")).toBe(sides.server.said);
    const heard = sides.server.receiver.stream().text.replaceAll(/PORT [\d,]+/g, "PORT");
    expect(heard).toBe(sides.client.said.replaceAll(/PORT [\d,]+/g, "PORT"));
  }
});

interface Side {
  said: string;
  receiver: ReturnType<typeof createReceiver>;
}

/** Bytes of the last line of `sender` that have not come. */
function lost(sender: Side, receiver: Side): number {
  const lines = sender.said.split("\r\n").length - 1;
  const come = receiver.receiver.stream().text.split("\r\n").length - 1;
  return lines === come
    ? 0
    : sender.said.length - sender.said.lastIndexOf("\r\n", sender.said.length - 3) - 2;
}

test("no payload makes the helper throw", () => {
  const seed = 2577;
  const random = createRandom(seed);
  const lines = [
    "PORT 198,51,100,7,1,2\r\n",
    "EPRT |1|198.51.100.7|9|\r\n",
    text227(nets[4].server, 9),
    "229 x (|||9|)\r\n",
  ];
  const { fromClient, fromServer } = openControl(4, "full-nat");
  for (let round = 0; round < 1000; round++) {
    const bytes = Buffer.from(lines[random(lines.length)]! + lines[random(lines.length)]!);
    for (let flips = random(4); flips > 0; flips--) bytes[random(bytes.length)] = random(256);
    const payload = bytes.subarray(random(5), bytes.length - random(5)).toString("latin1");
    const numbers = { sequence: random(2 ** 32), acknowledged: random(2 ** 32) };
    const send = random(2) === 0 ? fromClient : fromServer;
    expect(() => send({ ...numbers, payload }), `seed ${seed}, round ${round}`).not.toThrow();
  }
});
