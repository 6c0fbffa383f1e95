import { expect, test, vi } from "vitest";
import type { ConfigBucket, ConfigShelf } from "./config-bucket.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** What every shelf must do. `open` gives a shelf that nobody has written to. */
export function testConfigShelf(name: string, open: () => Promise<ConfigShelf>): void {
  const textAt = async (shelf: ConfigShelf, key: string) => {
    const entry = await shelf.get(key);
    return entry && new TextDecoder().decode(entry.value);
  };

  test(`${name} shelf that does not exist yet holds nothing`, async () => {
    const shelf = await open();
    expect(await shelf.get("head")).toBeUndefined();
    await shelf.put("head", bytes("1"));
    expect(await shelf.keys("part")).toEqual([]);
  });

  test(`${name} shelf gives back what was put, and the newest of it`, async () => {
    const shelf = await open();
    await shelf.put("part.a", bytes("one"));
    await shelf.put("part.a", bytes("two"));
    expect(await textAt(shelf, "part.a")).toBe("two");
    expect(await shelf.get("part.b")).toBeUndefined();
  });

  test(`${name} shelf lists the keys below a prefix alone`, async () => {
    const shelf = await open();
    for (const key of ["head", "part.a", "head.7", "part.b"]) await shelf.put(key, bytes(key));
    expect((await shelf.keys("part")).sort()).toEqual(["part.a", "part.b"]);
    expect(await shelf.keys("head")).toEqual(["head.7"]);
  });

  test(`${name} shelf removes a key, and takes it again`, async () => {
    const shelf = await open();
    await shelf.put("part.a", bytes("one"));
    await shelf.put("part.b", bytes("other"));
    await shelf.remove("part.a", (await shelf.get("part.a"))!.version);
    await shelf.remove("part.c", 1);
    expect(await shelf.get("part.a")).toBeUndefined();
    expect(await shelf.keys("part")).toEqual(["part.b"]);
    await shelf.put("part.a", bytes("two"));
    expect(await textAt(shelf, "part.a")).toBe("two");
  });
}

/** What every bucket must do. `open` gives a bucket that nobody has written to. */
export function testConfigBucket(name: string, open: () => Promise<ConfigBucket>): void {
  const textAt = async (bucket: ConfigBucket, key: string) => {
    const entry = await bucket.get(key);
    return entry && new TextDecoder().decode(entry.value);
  };

  testConfigShelf(name, open);

  test(`${name} bucket that does not exist yet has no keys`, async () => {
    expect(await (await open()).keys("part")).toEqual([]);
  });

  test(`${name} bucket counts versions over all keys, and removes nothing that was written later`, async () => {
    const bucket = await open();
    await bucket.put("part.a", bytes("one"));
    await bucket.put("head", bytes("1"));
    const { version } = (await bucket.get("head"))!;
    expect((await bucket.get("part.a"))!.version).toBeLessThan(version);
    await bucket.put("part.a", bytes("one"));
    expect((await bucket.get("part.a"))!.version).toBeGreaterThan(version);
    await bucket.remove("part.a", version);
    expect(await textAt(bucket, "part.a")).toBe("one");
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
