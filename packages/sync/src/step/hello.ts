/** Hellos: life signs that carry the head of the stream, acknowledgements and clock echoes. */
import type { FrameHeader } from "../wire/header.ts";
import type { Acknowledgement, Hello } from "../wire/message.ts";
import { appliedOf } from "./acknowledge.ts";
import { learnEcho } from "./clock-bounds.ts";
import type { Peer, Standing } from "./peer.ts";
import { sendControl, toMicroseconds } from "./send.ts";
import { checkGap } from "./stream.ts";
import type { Turn } from "./sync-state.ts";

/** Say that we live, how far our stream is, and how far we are with everybody else's. */
export function sendHello(turn: Turn): void {
  const { state, nowMs } = turn;
  state.helloMs = nowMs;
  const acknowledgements = [...state.peers.values()].flatMap((peer) => acknowledge(turn, peer));
  const isAckWanted = state.flushes.size > 0;
  const { streamSequence: head, presence } = state;
  sendControl(turn, "hello", { isAckWanted, head, acknowledgements, presence });
}

/** Answer at once to a hello that asks for it, if all that it wants acknowledged is applied. */
export function answerIfApplied(turn: Turn, peer: Peer): void {
  if (peer.ackWanted === undefined || appliedOf(turn.state, peer) < peer.ackWanted) return;
  peer.ackWanted = undefined;
  sendHello(turn);
}

/** Take a hello. One that may be a recording is no more than a hint (receive.ts). */
export function receiveHello(
  turn: Turn,
  peer: Peer,
  standing: Standing,
  hello: { header: FrameHeader; body: Hello },
): undefined {
  if (standing === "candidate") return;
  const { header, body } = hello;
  peer.lastHello = { atUs: header.atUs, receivedMs: turn.nowMs };
  peer.revision = header.revision;
  peer.presence = body.presence;
  peer.head = Math.max(peer.head, body.head);
  learnAcknowledgement(turn, peer, hello);
  checkGap(turn, peer);
  if (body.isAckWanted) peer.ackWanted = body.head;
  answerIfApplied(turn, peer);
}

function learnAcknowledgement(turn: Turn, peer: Peer, hello: { header: FrameHeader; body: Hello }): void {
  const { state, nowMs } = turn;
  const mine = hello.body.acknowledgements.find((a) => a.node === state.node && a.epoch === state.epoch);
  peer.acknowledged = mine?.isLive ? mine.applied : undefined;
  if (mine === undefined || mine.echoUs === 0) return;
  const echo = { sentMs: mine.echoUs / 1000, heldMs: mine.heldUs / 1000, peerMs: hello.header.atUs / 1000 };
  learnEcho(peer.clock, echo, nowMs);
}

/** Nothing for a peer whose epoch we do not know. */
function acknowledge(turn: Turn, peer: Peer): Acknowledgement[] {
  if (peer.epoch === undefined) return [];
  const applied = appliedOf(turn.state, peer);
  const heldMs = turn.nowMs - (peer.lastHello?.receivedMs ?? turn.nowMs);
  const echoUs = peer.lastHello?.atUs ?? 0;
  const heldUs = Math.min(toMicroseconds(heldMs), 0xffffffff);
  return [{ node: peer.name, epoch: peer.epoch, isLive: peer.follow === "live", applied, echoUs, heldUs }];
}
