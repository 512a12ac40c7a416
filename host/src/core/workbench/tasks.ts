// Giving way to whatever else the thread has to do.

/** Comes back in a task of its own: messages that wait are handled before. (A timer would wait some milliseconds in a browser.) */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
