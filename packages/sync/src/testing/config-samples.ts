/** Documents for tests. */
import { type Document, DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";

/** A service `192.0.2.1:80` with destinations `10.x.y.z`; `text` makes it as long as wanted. */
export function sampleSpec(destinations = 2, path = "/"): DocumentSpec {
  const address = (i: number) => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
  return DocumentSpec.parse({
    version: 1,
    services: [
      {
        protocol: "tcp",
        address: "192.0.2.1",
        port: 80,
        check: { type: "http", path },
        destinations: Array.from({ length: destinations }, (_, i) => ({ address: address(i + 1) })),
      },
    ],
  });
}

/** The document that follows `current`, of at least `sizeBytes`. */
export function sampleDocument(current: Document = EMPTY_DOCUMENT, sizeBytes = 0): Document {
  return reviseDocument(current, sampleSpec(2, `/${current.revision}${"x".repeat(sizeBytes)}`));
}
