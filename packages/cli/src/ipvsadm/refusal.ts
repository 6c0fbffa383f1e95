/** Refusals of the tool. */
import type { IpvsadmRefusal } from "./command.ts";

/** A mistake in how the tool is used. */
export const usage = (message: string): IpvsadmRefusal => ({ message, exit: 2 });

/** What the kernel refuses, in the words that the tool has for it. */
export const kernelRefusal = (message: string): IpvsadmRefusal => ({ message, exit: 255 });

/** Of what the kernel finds wrong in more than one way. */
export const INVALID_OPERATION =
  "Invalid operation.  Possibly wrong module version, address not unicast, ...";

/** Whether a result is a refusal. */
export const isRefusal = (result: object): result is IpvsadmRefusal =>
  "message" in result && "exit" in result;
