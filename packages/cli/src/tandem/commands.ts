/** The table of commands, in the order of the help. One file each, loaded when it is wanted. */
import type { CommandRow } from "./command.ts";

/** What `tandem` can do. */
export const COMMANDS: readonly CommandRow[] = [
  {
    name: "status",
    group: "look",
    summary:
      'Answer "are we safe?": this node, its peers, what is wrong and what to do; the exit code says it, too',
    load: async () => (await import("./commands/status.ts")).status,
  },
  {
    name: "top",
    group: "look",
    summary: "Watch services and destinations live: rates, connections, weights, health",
    load: async () => (await import("./commands/top.ts")).top,
  },
  {
    name: "services",
    group: "look",
    summary: "List services and their destinations: weights and why, health, connections, traffic",
    load: async () => (await import("./commands/services.ts")).services,
  },
  {
    name: "connections",
    group: "look",
    summary: "List connections and persistence templates in this node's table, its own and its peers'",
    load: async () => (await import("./commands/connections.ts")).connections,
  },
  {
    name: "events",
    group: "look",
    summary: "Show what happened: documents, roles, health, peers, alarms, operators' calls",
    load: async () => (await import("./commands/events.ts")).events,
  },
  {
    name: "watch",
    group: "look",
    summary:
      "Show what happens, as it happens; goes on by itself when the daemon was away, and tells what it missed",
    load: async () => (await import("./commands/watch.ts")).watch,
  },
  {
    name: "explain",
    group: "look",
    summary:
      "Say why a packet goes where it goes: of a connection that there is, or of one that there might be",
    load: async () => (await import("./commands/explain.ts")).explain,
  },
  {
    name: "capture",
    group: "look",
    summary:
      "Show packets as they come in, each with what is decided about it and why; or write them as pcapng",
    load: async () => (await import("./commands/capture.ts")).capture,
  },
  {
    name: "document",
    group: "look",
    summary: "Print the configuration document as it stands, drained destinations included",
    load: async () => (await import("./commands/document.ts")).document,
  },
  {
    name: "apply",
    group: "change",
    summary: "Make a file the configuration document; refused whole if anything in it is wrong",
    load: async () => (await import("./commands/apply.ts")).apply,
  },
  {
    name: "get",
    group: "look",
    summary: "Print a part of the document, or a single field",
    load: async () => (await import("./commands/get.ts")).get,
  },
  {
    name: "diff",
    group: "look",
    summary: "Show what is different between two revisions, or between a file and what runs",
    load: async () => (await import("./commands/diff.ts")).diff,
  },
  {
    name: "history",
    group: "look",
    summary: "List the document's revisions: who changed what, when and why",
    load: async () => (await import("./commands/history.ts")).history,
  },
  {
    name: "edit",
    group: "change",
    summary: "Change the document in your editor, with its comments",
    load: async () => (await import("./commands/edit.ts")).edit,
  },
  {
    name: "set",
    group: "change",
    summary: "Change single fields: weights, schedulers, settings",
    load: async () => (await import("./commands/set.ts")).set,
  },
  {
    name: "rollback",
    group: "change",
    summary: "Make an earlier revision's document the newest one",
    load: async () => (await import("./commands/rollback.ts")).rollback,
  },
  {
    name: "ipvsadm",
    group: "change",
    summary:
      "Take ipvsadm's own command line (1.31), for the whole cluster; also installed as tandem-ipvsadm",
    verbatim: true,
    load: async () => (await import("./commands/ipvsadm.ts")).ipvsadm,
  },
  {
    name: "export",
    group: "look",
    summary: "Print the document as a file to apply again, comments included",
    load: async () => (await import("./commands/export.ts")).exportDocument,
  },
  {
    name: "backup",
    group: "look",
    summary: "Print the document with its ids, its comments and its history, for restore",
    load: async () => (await import("./commands/backup.ts")).backup,
  },
  {
    name: "restore",
    group: "change",
    summary: "Bring back what backup wrote, also into a cluster that lost everything",
    load: async () => (await import("./commands/restore.ts")).restore,
  },
  {
    name: "drain",
    group: "operate",
    summary:
      "Send no new connections to a destination, or take a director out of service; those they have go on",
    load: async () => (await import("./commands/drain.ts")).drain,
  },
  {
    name: "kill",
    group: "operate",
    summary:
      "End connections at once, on every node that has them; silently, or so that both ends hear of it",
    load: async () => (await import("./commands/kill.ts")).kill,
  },
  {
    name: "maintenance",
    group: "operate",
    summary: "Take a director out of service, or back into it; survives restarts and reboots",
    load: async () => (await import("./commands/maintenance.ts")).maintenance,
  },
  {
    name: "switchover",
    group: "operate",
    summary: "Hand the active role to a peer, and stay in maintenance; the same again there ends that",
    load: async () => (await import("./commands/switchover.ts")).switchover,
  },
  {
    name: "forget",
    group: "operate",
    summary: "Know a director that is gone for good no more, on every node: its loss is no alarm any longer",
    load: async () => (await import("./commands/forget.ts")).forget,
  },
  {
    name: "run",
    group: "setUp",
    summary: "Run a director: on its own with a document, or as one of a cluster when NATS servers are given",
    load: async () => (await import("./commands/run.ts")).run,
  },
  {
    name: "certs",
    group: "setUp",
    summary: "Make an authority and certificates, for the API over the network",
    load: async () => (await import("./commands/certs.ts")).certs,
  },
  {
    name: "doctor",
    group: "setUp",
    summary:
      "Examine this machine: kernel, settings, capabilities, versions, firewall; exit code 2 if something is missing",
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
  {
    name: "demo",
    group: "setUp",
    summary:
      "Show what happens to connections when a director dies: in network namespaces of its own, as root",
    load: async () => (await import("./commands/demo.ts")).demo,
  },
  {
    name: "import",
    group: "change",
    summary: "Make a document of what `ipvsadm -S` wrote, or of a script of its commands",
    load: async () => (await import("./commands/import.ts")).importRules,
  },
  {
    name: "schema",
    group: "setUp",
    summary: "Print the JSON Schema of the document, or of a node's configuration, for editors",
    load: async () => (await import("./commands/schema.ts")).schema,
  },
  {
    name: "completion",
    group: "setUp",
    summary: "Print a completion script for the shell",
    load: async () => (await import("./commands/completion.ts")).completion,
  },
  {
    name: "__complete",
    group: "setUp",
    summary: "Answer a shell that completes",
    verbatim: true,
    isHidden: true,
    load: async () => (await import("./commands/complete.ts")).completeWords,
  },
];
