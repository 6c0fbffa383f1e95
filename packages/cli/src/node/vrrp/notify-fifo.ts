import { execFileSync } from "node:child_process";
import { closeSync, constants, existsSync, openSync, readSync } from "node:fs";
import { Socket } from "node:net";
import { type Notification, parseNotifications } from "./notification.ts";

export interface NotifyFifo {
  /** What was written before anybody read, oldest first. To be called before `listen`. */
  drain(): Notification[];
  listen(receive: (notification: Notification) => void, report: (error: unknown) => void): void;
  close(): void;
}

/**
 * Open keepalived's notify FIFO, making it if need be: keepalived keeps a FIFO that it finds, so the name outlives its restarts.
 * It is opened for writing as well, so that reading neither waits for a first writer nor ends with the last.
 * Throws what the file system throws.
 */
export function openNotifyFifo(path: string): NotifyFifo {
  if (!existsSync(path)) execFileSync("mkfifo", ["-m", "600", path]);
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  let rest = "";
  let socket: Socket | undefined;
  const take = (text: string): Notification[] => {
    const parsed = parseNotifications(rest + text);
    rest = parsed.rest;
    return parsed.notifications;
  };
  return {
    drain: () => take(readBacklog(fd)),
    listen(receive, report) {
      socket = new Socket({ fd, readable: true, writable: false });
      socket.setEncoding("utf8");
      socket.on("error", report);
      socket.on("data", (text: string) => {
        for (const notification of take(text)) receive(notification);
      });
    },
    close: () => (socket ? socket.destroy() : closeSync(fd)),
  };
}

function readBacklog(fd: number): string {
  const buffer = Buffer.alloc(65_536); // the most that a pipe holds by default
  try {
    return buffer.toString("utf8", 0, readSync(fd, buffer));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return "";
    throw error;
  }
}
