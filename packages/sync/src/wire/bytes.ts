/** Reading and writing big-endian fields in order. Reading past the end is remembered, never thrown. */

/** Writes fields into a buffer of fixed size; the caller has reckoned the size. */
export interface ByteWriter {
  u8(value: number): void;
  u16(value: number): void;
  u32(value: number): void;
  /** Whole numbers up to 2^53 - 1. */
  u64(value: number): void;
  bytes(value: Uint8Array): void;
  /** Lower-case hexadecimal digits, two per byte. */
  hex(value: string): void;
  /** Length in one byte, then UTF-8. At most 255 bytes. */
  text(value: string): void;
  /** What was written so far, not copied. */
  written(): Uint8Array;
}

/** Reads fields in order. After the first read past the end all reads give zeros and `isOk` is false. */
export interface ByteReader {
  u8(): number;
  u16(): number;
  u32(): number;
  /** A number above 2^53 - 1 counts as a read past the end. */
  u64(): number;
  bytes(length: number): Uint8Array;
  hex(length: number): string;
  text(): string;
  rest(): Uint8Array;
  left(): number;
  isOk(): boolean;
}

const HIGH_LIMIT = 2 ** 21; // high half of 2^53
const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder() };

/** A writer into a new buffer of `capacity` bytes. */
export function createByteWriter(capacity: number): ByteWriter {
  const out = new Uint8Array(capacity);
  const view = new DataView(out.buffer);
  let at = 0;
  const advance = (size: number): number => (at += size) - size;
  const bytes = (value: Uint8Array) => out.set(value, advance(value.length));
  return {
    u8: (value) => view.setUint8(advance(1), value),
    u16: (value) => view.setUint16(advance(2), value),
    u32: (value) => view.setUint32(advance(4), value),
    u64: (value) => {
      view.setUint32(advance(4), Math.floor(value / 2 ** 32));
      view.setUint32(advance(4), value >>> 0);
    },
    bytes,
    hex: (value) => bytes(Uint8Array.fromHex(value)),
    text: (value) => {
      const encoded = utf8.encoder.encode(value);
      view.setUint8(advance(1), encoded.length);
      bytes(encoded);
    },
    written: () => out.subarray(0, at),
  };
}

/** A reader over `from`, from its first byte. Never throws. */
export function createByteReader(from: Uint8Array): ByteReader {
  const view = new DataView(from.buffer, from.byteOffset, from.byteLength);
  let at = 0;
  let ok = true;
  /** The offset of the next `size` bytes, or -1 if they are not there. */
  const take = (size: number): number => {
    if (!ok || at + size > from.length) {
      ok = false;
      return -1;
    }
    return (at += size) - size;
  };
  const number = (size: number, read: (offset: number) => number): number => {
    const offset = take(size);
    return offset < 0 ? 0 : read(offset);
  };
  const bytes = (length: number): Uint8Array => {
    const offset = take(length);
    return offset < 0 ? new Uint8Array(0) : from.subarray(offset, offset + length);
  };
  const u8 = () => number(1, (offset) => view.getUint8(offset));
  const u32 = () => number(4, (offset) => view.getUint32(offset));
  return {
    u8,
    u16: () => number(2, (offset) => view.getUint16(offset)),
    u32,
    u64: () => {
      const high = u32();
      const low = u32();
      if (high >= HIGH_LIMIT) ok = false;
      return ok ? high * 2 ** 32 + low : 0;
    },
    bytes,
    hex: (length) => bytes(length).toHex(),
    text: () => utf8.decoder.decode(bytes(u8())),
    rest: () => bytes(from.length - at),
    left: () => from.length - at,
    isOk: () => ok,
  };
}
