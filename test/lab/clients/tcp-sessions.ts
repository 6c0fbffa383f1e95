import { connect, type Socket } from "node:net";
import { GREETING } from "../servers/greeting.ts";
import { createEchoCheck, type EchoCheck } from "./echo-line.ts";
import { createGapWindow } from "./gap-window.ts";
import type { Generator } from "./generator.ts";
import { createSendSchedule } from "./send-schedule.ts";
import type { StallClock } from "./stall-clock.ts";
import {
  type LossReason,
  SEND_INTERVAL_MS,
  SESSION_TIMEOUT_MS,
  type StepSummary,
  type Target,
  type TrafficOptions,
} from "./traffic-options.ts";

/** Sessions that are opened at a time. */
const BATCH = 25;
const CONNECT_TIMEOUT_MS = 5_000;

type SessionsPart = Pick<StepSummary, "sessions" | "gapMs">;

interface Session {
  readonly id: number;
  readonly socket: Socket;
  readonly echo: EchoCheck;
  state: "connecting" | "alive" | "lost";
}

/** Long-lived echo sessions that each send a numbered line every 250 ms. A lost one is not opened again. */
export function createTcpSessions(
  options: TrafficOptions["tcp"],
  clock: StallClock,
): Generator<SessionsPart> {
  const sessions: Session[] = [];
  const gaps = createGapWindow(options.sessions);
  // libuv reads and calls back in one go, so all sockets can share one buffer.
  const buffer = Buffer.alloc(65_536);
  let sendDue: ReturnType<typeof createSendSchedule>;
  let why: Partial<Record<LossReason, number>> = {};
  let before = 0;
  let lines = 0;

  function lose(session: Session, reason: LossReason): void {
    if (session.state === "alive") {
      why[reason] = (why[reason] ?? 0) + 1;
      const oldestMs = session.echo.oldestMs();
      if (oldestMs !== undefined) gaps.sample(session.id, clock.nowMs() - oldestMs, false);
    }
    session.state = "lost";
    session.socket.destroy();
  }

  function receive(session: Session, length: number): void {
    const nowMs = clock.nowMs();
    const isRight = session.echo.receive(buffer, length, (sentMs) => {
      lines++;
      gaps.sample(session.id, nowMs - sentMs, clock.hasStalledSince(sentMs));
    });
    if (!isRight) lose(session, "wrongBytes");
  }

  function open(id: number, target: Target): Promise<void> {
    return new Promise((resolve) => {
      const greeted = () => {
        session.state = "alive";
        socket.setTimeout(0);
        resolve();
      };
      // The answer to the greeting is one short line in one segment; all that follows is echo.
      const callback = (length: number) => {
        if (session.state === "alive") receive(session, length);
        else if (buffer[length - 1] === NEWLINE) greeted();
        return true;
      };
      const socket = connect({ ...target, noDelay: true, onread: { buffer, callback } });
      const session: Session = { id, socket, echo: createEchoCheck(id), state: "connecting" };
      sessions.push(session);
      socket.write(GREETING);
      socket.setTimeout(CONNECT_TIMEOUT_MS, () => session.state === "connecting" && lose(session, "timeout"));
      socket.on("error", (error: NodeJS.ErrnoException) =>
        lose(session, REASONS[error.code ?? ""] ?? "error"),
      );
      socket.on("end", () => lose(session, "closed"));
      socket.on("close", resolve);
    });
  }

  const sendLine = (id: number) => {
    const session = sessions[id]!;
    if (session.state !== "alive") return;
    const nowMs = clock.nowMs();
    if (nowMs - (session.echo.oldestMs() ?? nowMs) > SESSION_TIMEOUT_MS) lose(session, "timeout");
    else session.socket.write(session.echo.send(nowMs));
  };

  const alive = () => sessions.filter((session) => session.state === "alive").length;

  /** Age of the oldest line under way, unless a stall of our own is part of it. */
  function openMs(id: number, nowMs: number): number {
    const { state, echo } = sessions[id]!;
    const oldestMs = state === "alive" ? echo.oldestMs() : undefined;
    return oldestMs === undefined || clock.hasStalledSince(oldestMs) ? 0 : nowMs - oldestMs;
  }

  return {
    async start() {
      const { targets } = options;
      for (let first = 0; first < options.sessions; first += BATCH) {
        const ids = Array.from({ length: Math.min(BATCH, options.sessions - first) }, (_, i) => first + i);
        await Promise.all(ids.map((id) => open(id, targets[id % targets.length]!)));
      }
      sendDue = createSendSchedule(options.sessions, SEND_INTERVAL_MS, clock.nowMs());
      before = alive();
    },
    tick: (nowMs) => sendDue(nowMs, sendLine),
    read(nowMs) {
      const after = alive();
      const sessionsPart = { before, after, lost: before - after, why: { ...why }, lines };
      return { sessions: sessionsPart, gapMs: gaps.read((id) => openMs(id, nowMs)) };
    },
    count: gaps.count,
    reset() {
      gaps.reset();
      why = {};
      before = alive();
      lines = 0;
    },
  };
}

const NEWLINE = 0x0a;

/** Error codes of a socket that say how the session ended. */
const REASONS: Partial<Record<string, LossReason>> = {
  ECONNRESET: "reset",
  EPIPE: "reset",
  ETIMEDOUT: "timeout",
};
