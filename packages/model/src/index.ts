/** The values that every part of Tandem speaks. Imports nothing but zod. */
export * from "./address.ts";
export * from "./address-kind.ts";
export { checkOneService, MAX_SERVICES } from "./check-document.ts";
export * from "./check-spec.ts";
export * from "./config.ts";
export * from "./connection.ts";
export * from "./destination-spec.ts";
export * from "./document-changes.ts";
export * from "./failure.ts";
export * from "./field.ts";
export * from "./mark-spec.ts";
export * from "./prefix.ts";
export * from "./protocol.ts";
export * from "./replica.ts";
export * from "./restore-document.ts";
export * from "./service-spec.ts";
export * from "./settings-spec.ts";
export * from "./suggest-name.ts";
