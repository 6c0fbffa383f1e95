/** The director: its API, and what the composition root builds a node from. */
export { type AuditedCall, type Auditor, auditedCall } from "./api/audit.ts";
export { type ApiRole, LOCAL_CALLER } from "./api/caller.ts";
export { type CallTerms, connectNode, type RemoteNode, type ServerAddress } from "./api/client.ts";
export * from "./api/node-api.ts";
export type { PeerCalls } from "./api/peer-calls.ts";
export { peerNode } from "./api/peer-node.ts";
export { type ForwardedService, serveForwarded } from "./api/serve-forwarded.ts";
export { startApiServer } from "./api/server.ts";
export type { CertificateTerm, TlsIdentity, TlsOptions } from "./api/tls-listener.ts";
export { createUnixDoor, listenUnix } from "./api/unix-listener.ts";
export {
  type CapturedPacket as CapturedRow,
  type CaptureFilter as CapturedRowFilter,
  UNRELATED as UNRELATED_REASONS,
} from "./core/capture/captured.ts";
export { tunnelOverhead } from "./core/services/service.ts";
export { FINAL_REASONS, REASONS, type Reason, type Verdict } from "./core/verdict.ts";
export { lockDirectory } from "./dataplane/kernel/instance-lock.ts";
export { removeKernelDataPlane } from "./dataplane/kernel/kernel.ts";
export { openPathMtus, type PathMtus } from "./dataplane/kernel/routes.ts";
export { type Engine, startEngine } from "./engine.ts";
export type { CapturedBatch, CaptureListener } from "./engine-captures.ts";
export type * from "./forwarder-protocol.ts";
export { type ForwarderOptions, startForwarderThread } from "./forwarder-thread.ts";
export { type Probe, startHttp } from "./http.ts";
export type { MetricsSource } from "./metric-row.ts";
export { createMetrics, type Metrics } from "./metrics.ts";
