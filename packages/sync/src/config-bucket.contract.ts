import { expect, test, vi } from "vitest";
import type { ConfigBucket } from "./config-bucket.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** What every bucket must do. `open` gives a bucket that nobody has written to. */
export function testConfigBucket(name: string, open: () => Promise<ConfigBucket>): void {
  const textAt = async (bucket: ConfigBucket, key: string) => {
    const entry = await bucket.get(key);
    return entry && new TextDecoder().decode(entry.value);
  };

  test(`${name} bucket that does not exist yet holds nothing`, async () => {
    expect(await (await open()).get("head")).toBeUndefined();
  });

  test(`${name} bucket gives back what was put, and the newest of it`, async () => {
    const bucket = await open();
    await bucket.put("part.a", bytes("one"));
    await bucket.put("part.a", bytes("two"));
    expect(await textAt(bucket, "part.a")).toBe("two");
    expect(await bucket.get("part.b")).toBeUndefined();
  });

  test(`${name} bucket sets a key only at the expected version`, async () => {
    const bucket = await open();
    await bucket.put("part.a", bytes("x"));
    expect(await bucket.compareAndSet("head", bytes("1"), undefined)).toBe(true);
    expect(await bucket.compareAndSet("head", bytes("other"), undefined)).toBe(false);
    const { version } = (await bucket.get("head"))!;
    expect(await bucket.compareAndSet("head", bytes("2"), version)).toBe(true);
    expect(await bucket.compareAndSet("head", bytes("other"), version)).toBe(false);
    expect(await textAt(bucket, "head")).toBe("2");
  });

  test(`${name} bucket lets one of many writers win`, async () => {
    const bucket = await open();
    await bucket.put("part.a", bytes("x"));
    const won = await Promise.all(
      Array.from({ length: 8 }, (_, i) => bucket.compareAndSet("head", bytes(`${i}`), undefined)),
    );
    expect(won.filter(Boolean).length).toBe(1);
    expect(await textAt(bucket, "head")).toBe(`${won.indexOf(true)}`);
  });

  test(`${name} bucket hints at changes of the watched key until told to stop`, async () => {
    const bucket = await open();
    await bucket.put("head", bytes("1"));
    const hint = vi.fn();
    const unwatch = bucket.watch("head", hint);
    await vi.waitFor(
      async () => {
        await bucket.put("head", bytes("2"));
        expect(hint).toHaveBeenCalled();
      },
      { timeout: 10_000 },
    );
    unwatch();
    await bucket.get("head");
    hint.mockClear();
    await bucket.put("head", bytes("3"));
    await bucket.get("head");
    expect(hint).not.toHaveBeenCalled();
  });
}
