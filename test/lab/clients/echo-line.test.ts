import { expect, test } from "vitest";
import { createEchoCheck, LINE_BYTES, writeLine } from "./echo-line.ts";

test("line carries session and number", () => {
  const line = Buffer.alloc(LINE_BYTES);
  writeLine(line, 999, 1_234_567);
  expect(line.toString()).toBe("00999 0001234567 abcdefghijklmn\n");
});

/** Send three lines at 10, 20 and 30 ms, feed `pieces` of their echo, and return what was completed. */
function receiveEcho(pieces: (echo: Buffer) => Uint8Array[]): {
  sentMs: number[];
  right: boolean[];
  oldestMs: number | undefined;
} {
  const check = createEchoCheck(42);
  const echo = Buffer.concat([10, 20, 30].map((ms) => check.send(ms)));
  const sentMs: number[] = [];
  const right = pieces(echo).map((bytes) => check.receive(bytes, bytes.length, (ms) => sentMs.push(ms)));
  return { sentMs, right, oldestMs: check.oldestMs() };
}

for (const size of [1, 7, 31, 32, 33, 64, 96]) {
  test(`echo check completes lines that come back in pieces of ${size} bytes`, () => {
    const cut = (echo: Buffer) =>
      Array.from({ length: Math.ceil(echo.length / size) }, (_, i) =>
        echo.subarray(i * size, (i + 1) * size),
      );
    const result = receiveEcho(cut);
    expect(result.sentMs).toEqual([10, 20, 30]);
    expect(result.right).not.toContain(false);
    expect(result.oldestMs).toBeUndefined();
  });
}

test("echo check keeps a line open until its last byte", () => {
  const result = receiveEcho((echo) => [echo.subarray(0, 2 * LINE_BYTES - 1)]);
  expect(result.sentMs).toEqual([10]);
  expect(result.oldestMs).toBe(20);
});

for (const at of [0, 4, 31, 32, 47, 95]) {
  test(`echo check refuses a wrong byte ${at}`, () => {
    const result = receiveEcho((echo) => {
      echo[at]! ^= 1;
      return [echo];
    });
    expect(result.right).toEqual([false]);
  });
}

test("echo check refuses a line twice, a line left out, and bytes that nobody sent", () => {
  expect(receiveEcho((echo) => [echo.subarray(0, 32), echo.subarray(0, 32)]).right).toEqual([true, false]);
  expect(receiveEcho((echo) => [echo.subarray(32)]).right).toEqual([false]);
  expect(receiveEcho((echo) => [echo, Buffer.from("x")]).right).toEqual([true, false]);
});

test("echo check reads only as many bytes as it is told", () => {
  expect(receiveEcho((echo) => [Buffer.concat([echo, Buffer.from("stale")]).subarray(0, 96)]).right).toEqual([
    true,
  ]);
  const check = createEchoCheck(1);
  const line = check.send(0);
  expect(check.receive(Buffer.concat([line, Buffer.from("stale")]), LINE_BYTES, () => {})).toBe(true);
});
