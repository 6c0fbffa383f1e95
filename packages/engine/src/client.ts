/** The door for those who ask a node from outside: its API and what its answers are made of, without the director. */
export { API_ROLES, type ApiRole, ROLE_URI } from "./api/caller.ts";
export { type CallTerms, connectNode, type RemoteNode, type ServerAddress } from "./api/client.ts";
export * from "./api/node-api.ts";
export { STATE_NAMES } from "./api/state-names.ts";
export { UNRELATED as UNRELATED_REASONS } from "./core/capture/captured.ts";
export { FINAL_REASONS, REASONS } from "./core/verdict.ts";
