/** Which packets to show. */
export interface CaptureFilter {
  service?: string;
  /** Address, or address:port. */
  client?: string;
  /** To or from this destination, of any service: address, or address:port. */
  destination?: string;
  /** Only with one of these reasons; empty: with any. */
  reasons: readonly string[];
  /** Also packets that have nothing to do with any service; with reasons, these say it. */
  all: boolean;
  limit?: number;
  durationMs?: number;
}

/** Some packets, in order. */
export interface CapturedPackets {
  packets: CapturedPacket[];
  /** Packets that are missing before these: they came faster than they were taken. */
  lost: number;
}

/** A packet that came in, and what was decided about it. */
export interface CapturedPacket {
  /** Milliseconds since 1970, with fractions. */
  timeMs: number;
  interface: string;
  /** `upcall`: the core holds it until more of it comes. */
  verdict: string;
  reason: string;
  /** Bytes from the IP header on. */
  length: number;
  /** The first of them, as they came in. */
  data: Uint8Array;
  /** Who decided: `fast` or `core`. */
  path: string;
  /** `to_destination` or `to_client`, where that is known. */
  direction?: string;
  service?: string;
  destination?: string;
}
