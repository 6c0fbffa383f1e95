import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { createSystemClock } from "./clock.ts";

test("system clock hears what has arrived before it calls it late", async () => {
  const accepted = Promise.withResolvers<Socket>();
  const server = createServer((socket) => accepted.resolve(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const order: string[] = [];
  socket.on("data", () => order.push("answer"));
  const far = await accepted.promise;
  await new Promise<void>((resolve) => setImmediate(stall, resolve));
  expect(order).toEqual(["answer", "late"]);
  for (const end of [socket, far]) end.destroy();
  server.close();

  /** The answer reaches the kernel, then this thread is busy until after the deadline; due timers run next. */
  function stall(done: () => void): void {
    createSystemClock().after(1, () => {
      order.push("late");
      done();
    });
    far.write("x");
    const until = performance.now() + 30;
    while (performance.now() < until);
  }
});

test("system clock does not call what was cancelled", async () => {
  const clock = createSystemClock();
  let calls = 0;
  clock.after(0, () => calls++)();
  await new Promise<void>((resolve) => void clock.after(5, resolve));
  expect(calls).toBe(0);
});
