/** keepalived's configuration as values: strings in, values out. Writes the VRRP part; pure. */
export * from "./allow-list.ts";
export * from "./config.ts";
export * from "./director.ts";
export * from "./election.ts";
export * from "./emit.ts";
