/** Services for tests of their fields and rules. */
import { DocumentSpec } from "./config.ts";

export const web = { protocol: "tcp", address: "192.0.2.1", port: 80 };
export const web6 = { protocol: "tcp", address: "2001:db8::1", port: 80 };
export const marked = { mark: 7 };
export const every = { protocol: "tcp", address: "192.0.2.1", port: 0, persistence: {} };

/** What is wrong with one service, by its place in it. */
export function problems(service: object): string[] {
  const { error } = DocumentSpec.safeParse({ version: 1, services: [service] });
  return error?.issues.map((i) => `${i.path.slice(2).join(".")}: ${i.message}`) ?? [];
}

/** The service with one destination. */
export const withDestination = (service: object, destination: object) => ({
  ...service,
  destinations: [{ address: "10.0.0.1", ...destination }],
});
