import { EventEmitter } from "node:events";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReadStream, WriteStream } from "node:tty";
import { expect, onTestFinished, test, vi } from "vitest";
import { createFolder } from "../../testing/run-tandem.ts";
import { changedLines, openScreen } from "./screen.ts";

const cases: { before: string[]; after: string[]; want: string }[] = [
  { before: [], after: ["a", "b"], want: "\u001b[1;1Ha\u001b[K\u001b[2;1Hb\u001b[K" },
  { before: ["a", "b"], after: ["a", "c"], want: "\u001b[2;1Hc\u001b[K" },
  { before: ["a", "b"], after: ["a", "b"], want: "" },
];
for (const { before, after, want } of cases) {
  test(`from ${JSON.stringify(before)} to ${JSON.stringify(after)} only what changed is written`, () =>
    expect(changedLines(before, after)).toBe(want));
}

const TAKEN = "\u001b[?1049h";
const GIVEN_BACK = "\u001b[?1049l";

/** A screen on a terminal that is a file, and what has become of that. */
async function openOnFile() {
  const path = join(await createFolder(), "terminal");
  const fd = openSync(path, "a");
  onTestFinished(() => closeSync(fd));
  let isRaw = false;
  const input = Object.assign(new EventEmitter(), {
    setRawMode: (to: boolean) => void (isRaw = to),
    setEncoding: () => input,
    resume: () => input,
    pause: () => input,
  });
  const write = (text: string) => void writeFileSync(path, text, { flag: "a" });
  const output = Object.assign(new EventEmitter(), { fd, columns: 80, rows: 24, write });
  const stop = vi.fn();
  const screen = openScreen(
    input as unknown as ReadStream,
    output as unknown as WriteStream & { fd: number },
    stop,
  );
  onTestFinished(() => screen.close());
  const written = () => readFileSync(path, "utf8");
  const isTaken = () => isRaw && written().lastIndexOf(TAKEN) > written().lastIndexOf(GIVEN_BACK);
  return { screen, input, output, stop, written, isTaken, isRaw: () => isRaw };
}

test("a terminal that does not say how large it is gets 80 columns and 24 rows", async () => {
  const { screen, output } = await openOnFile();
  output.columns = output.rows = 0;
  expect(screen.size()).toEqual({ columns: 80, rows: 24 });
  output.columns = 132;
  expect(screen.size()).toEqual({ columns: 132, rows: 24 });
});

for (const [how, suspend] of [
  ["Ctrl-Z", (input: EventEmitter) => input.emit("data", "\u001a")],
  ["SIGTSTP", () => process.emit("SIGTSTP")],
] as const)
  test(`${how} gives the terminal back before the process stops, and what continues it takes it again`, async () => {
    const { screen, input, stop, written, isTaken, isRaw } = await openOnFile();
    expect(isTaken()).toBe(true);
    stop.mockImplementation(() => {
      expect(isRaw()).toBe(false);
      expect(written().endsWith(GIVEN_BACK)).toBe(true);
      expect(process.listenerCount("SIGTSTP")).toBe(0);
    });
    suspend(input);
    expect(stop).toHaveBeenCalledOnce();
    screen.draw(["nobody sees this"]);
    expect(written()).not.toContain("nobody");
    process.emit("SIGCONT");
    expect(isTaken()).toBe(true);
    screen.draw(["a line"]);
    expect(written()).toContain("a line");
    screen.close();
    expect([isRaw(), written().endsWith(GIVEN_BACK)]).toEqual([false, true]);
    expect(["SIGTSTP", "SIGCONT", "SIGQUIT"].map((name) => process.listenerCount(name))).toEqual([0, 0, 0]);
  });

test("a process that could not be stopped goes on by itself", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { input, isTaken } = await openOnFile();
  input.emit("data", "\u001a");
  expect(isTaken()).toBe(false);
  vi.advanceTimersByTime(1000);
  expect(isTaken()).toBe(true);
});

test("who was stopped without being told takes the terminal again, whatever a shell made of it", async () => {
  const { input, written, isTaken } = await openOnFile();
  const setRawMode = vi.spyOn(input, "setRawMode");
  process.emit("SIGCONT");
  expect(setRawMode.mock.calls).toEqual([[false], [true]]); // Node sets no mode that it believes to be set
  expect([isTaken(), written().split(TAKEN).length]).toEqual([true, 3]);
});

test("SIGQUIT and Ctrl-\\ end it in order", async () => {
  for (const quit of [() => process.emit("SIGQUIT"), undefined]) {
    const { screen, input } = await openOnFile();
    if (quit) quit();
    else input.emit("data", "\u001c");
    const keys = screen.keys[Symbol.asyncIterator]();
    expect(await keys.next()).toMatchObject({ value: undefined }); // drawn for the first time
    expect(await keys.next()).toMatchObject(quit ? { done: true } : { value: "interrupt" });
    screen.close();
  }
});

test("a second signal, and keys behind the first, are of no consequence", async () => {
  const { screen, input } = await openOnFile();
  process.emit("SIGTERM");
  process.emit("SIGINT");
  input.emit("data", "j");
  const keys = screen.keys[Symbol.asyncIterator]();
  await keys.next();
  expect((await keys.next()).done).toBe(true);
  await new Promise((resolve) => setImmediate(resolve)); // a rejection that nobody handles fails the run
});

test("nothing is drawn while the process is stopped, and a screen that was closed meanwhile is not taken again", async () => {
  const { screen, input, written, isTaken } = await openOnFile();
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  input.emit("data", "\u001a");
  const stopped = written();
  screen.draw(["a line"]);
  screen.close();
  vi.advanceTimersByTime(1000);
  expect([written(), isTaken()]).toEqual([stopped, false]);
});
