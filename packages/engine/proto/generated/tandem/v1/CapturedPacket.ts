// Original file: tandem/v1/node.proto


export interface CapturedPacket {
  /**
   * Milliseconds since 1970-01-01 UTC, with fractions.
   */
  'timeMs'?: (number | string);
  /**
   * Interface that it came in by.
   */
  'interface'?: (string);
  /**
   * "pass": to the host, "forward" or "drop"; "upcall": the core holds it until more of it comes.
   */
  'verdict'?: (string);
  /**
   * Why, such as "forwarded": docs/packet-path.md.
   */
  'reason'?: (string);
  /**
   * Bytes from the IP header on, 0..2^32-1; of an offloaded packet those of all its segments.
   */
  'length'?: (number);
  /**
   * The first bytes from the IP header on as it came in, before anything was changed: at most 128.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * Who decided: "fast" (the program in the kernel) or "core".
   */
  'path'?: (string);
  /**
   * "to_destination", "to_client"; absent where nobody knows.
   */
  'direction'?: (string);
  /**
   * Its service, such as "tcp 192.0.2.1:80"; absent where there is none, or nobody looked for it.
   */
  'service'?: (string);
  /**
   * Its connection's destination, such as "10.0.0.1:8080"; absent where there is none.
   */
  'destination'?: (string);
  '_direction'?: "direction";
  '_service'?: "service";
  '_destination'?: "destination";
}

export interface CapturedPacket__Output {
  /**
   * Milliseconds since 1970-01-01 UTC, with fractions.
   */
  'timeMs': (number);
  /**
   * Interface that it came in by.
   */
  'interface': (string);
  /**
   * "pass": to the host, "forward" or "drop"; "upcall": the core holds it until more of it comes.
   */
  'verdict': (string);
  /**
   * Why, such as "forwarded": docs/packet-path.md.
   */
  'reason': (string);
  /**
   * Bytes from the IP header on, 0..2^32-1; of an offloaded packet those of all its segments.
   */
  'length': (number);
  /**
   * The first bytes from the IP header on as it came in, before anything was changed: at most 128.
   */
  'data': (Buffer);
  /**
   * Who decided: "fast" (the program in the kernel) or "core".
   */
  'path': (string);
  /**
   * "to_destination", "to_client"; absent where nobody knows.
   */
  'direction'?: (string);
  /**
   * Its service, such as "tcp 192.0.2.1:80"; absent where there is none, or nobody looked for it.
   */
  'service'?: (string);
  /**
   * Its connection's destination, such as "10.0.0.1:8080"; absent where there is none.
   */
  'destination'?: (string);
}
