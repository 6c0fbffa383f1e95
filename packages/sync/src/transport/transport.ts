/** How frames travel, as a port. Delivery may lose, repeat and delay; it is fire and forget. */
export interface Transport {
  /** Send to whoever subscribes now, except this transport itself. Lost while disconnected. Never blocks, never throws. */
  publish(subject: string, bytes: Uint8Array): void;
  /**
   * Receive what is published to `subject`, in which `*` stands for one token. Survives reconnects.
   *
   * @returns a function that ends the subscription
   */
  subscribe(subject: string, receive: (bytes: Uint8Array) => void): () => void;
  isConnected(): boolean;
  /** Learn of every change of `isConnected`. @returns a function that ends it */
  watch(changed: (isConnected: boolean) => void): () => void;
  /** Disconnect for good; nothing is received afterwards. Never rejects. */
  close(): Promise<void>;
}
