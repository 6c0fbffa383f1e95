import { expect, test } from "vitest";
import { createLogSink, type LogOutlet } from "./log-sink.ts";

/** An outlet whose writes end when the test says so. */
function heldOutlet() {
  const written: string[] = [];
  const waiting: { bytes: Uint8Array; done: (error: Error | null, taken: number) => void }[] = [];
  const rooms: (() => void)[] = [];
  const outlet: LogOutlet = {
    write: (bytes, done) => void waiting.push({ bytes, done }),
    writeNow(bytes) {
      written.push(Buffer.from(bytes).toString());
      return bytes.length;
    },
    whenRoom: (act) => void rooms.push(act),
  };
  /** Let the write under way take so many bytes: all of them by default. */
  function take(taken?: number): void {
    const { bytes, done } = waiting.shift()!;
    const n = taken ?? bytes.length;
    written.push(Buffer.from(bytes.subarray(0, n)).toString());
    done(null, n);
  }
  const fail = (why: string) => waiting.shift()!.done(new Error(why), 0);
  const stall = () => waiting.shift()!.done(Object.assign(new Error("no room"), { code: "EAGAIN" }), 0);
  const giveRoom = () => rooms.shift()!();
  return { outlet, written, waiting, take, fail, stall, giveRoom };
}

/** A sink that says in its own lines what was lost, as the log does. */
function sinkTo(outlet: LogOutlet, mostPending?: number) {
  const sink = createLogSink(outlet, (lost, why) => sink.write(`${lost} lost: ${why}\n`), mostPending);
  return sink;
}

test("a log's lines are written in order, those that come meanwhile together", () => {
  const held = heldOutlet();
  const sink = sinkTo(held.outlet);
  for (const line of ["a\n", "b\n", "c\n"]) sink.write(line);
  held.take();
  held.take();
  expect(held.written).toEqual(["a\n", "b\nc\n"]);
  expect(held.waiting).toEqual([]);
});

test("a write that was taken in part goes on where it ended", () => {
  const held = heldOutlet();
  sinkTo(held.outlet).write("abcdef\n");
  held.take(3);
  held.take();
  expect(held.written.join("")).toBe("abcdef\n");
});

test("a full disk costs the lines of its time, and the log says so once there is room", () => {
  const held = heldOutlet();
  const sink = sinkTo(held.outlet);
  sink.write("a\n");
  sink.write("b\n");
  sink.write("c\n");
  held.fail("no space left");
  held.fail("no space left");
  expect(held.waiting).toEqual([]); // nothing is tried again and again
  sink.write("d\n");
  held.take();
  held.take();
  expect(held.written).toEqual(["d\n", "3 lost: no space left\n"]);
});

test("a line that a full disk tore does not run into the next one", () => {
  const held = heldOutlet();
  const sink = sinkTo(held.outlet);
  sink.write("abc\n");
  held.take(2);
  held.fail("no space left");
  sink.write("d\n");
  held.take();
  expect(held.written.join("")).toBe("ab\nd\n");
});

test("the end of a line that is there is no line that was lost", () => {
  const held = heldOutlet();
  const sink = sinkTo(held.outlet);
  sink.write("abc\n");
  held.take(2);
  held.fail("no space left");
  sink.write("d\n"); // behind the end of the torn one
  held.fail("no space left");
  sink.write("e\n");
  held.take();
  held.take();
  expect(held.written.join("")).toBe("ab\ne\n2 lost: no space left\n");
  sink.write("fgh\n");
  held.take(3);
  held.fail("no space left");
  sink.write("i\n");
  held.take();
  expect(held.written.slice(-2).join("")).toBe("fgh\ni\n");
  expect(held.waiting).toEqual([]);
});

test("a reader that stalls costs lines, not memory", () => {
  const held = heldOutlet();
  const sink = sinkTo(held.outlet, 30);
  const line = "123456789\n";
  for (let i = 0; i < 5; i++) sink.write(line);
  while (held.waiting.length > 0) held.take();
  expect(held.written).toEqual([line, line.repeat(3), "1 lost: its reader stalls\n"]);
});

test("a reader without room for a while gets every line, whole and in order", () => {
  const held = heldOutlet();
  const sink = sinkTo(held.outlet);
  sink.write("abc\n");
  held.take(2);
  held.stall();
  sink.write("d\n");
  expect(held.waiting).toEqual([]); // nobody asks it before it may have room
  held.giveRoom();
  held.stall();
  held.giveRoom();
  held.take();
  expect(held.written.join("")).toBe("abc\nd\n");
  expect(held.waiting).toEqual([]);
});

test("what a reader has no room for counts among what waits, and is written at the end of the process", () => {
  const held = heldOutlet();
  const sink = sinkTo(held.outlet, 4);
  sink.write("a\n");
  held.stall();
  sink.write("b\n");
  sink.write("c\n");
  sink.flushSync();
  expect(held.written).toEqual(["a\nb\n"]);
});

test("the end of the process writes what is pending, and gives up where it cannot", () => {
  const held = heldOutlet();
  const sink = sinkTo(held.outlet);
  sink.write("a\n");
  sink.write("b\n");
  sink.flushSync();
  expect(held.written).toEqual(["b\n"]);
  sink.write("c\n");
  held.outlet.writeNow = () => {
    throw Object.assign(new Error("full"), { code: "ENOSPC" });
  };
  expect(() => sink.flushSync()).not.toThrow();
});
