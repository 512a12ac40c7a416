/** What a function tells by callback while it works, as a stream: `run` is given the callback. Ends, or fails, as `run` does, and returns its result. */
export async function* eventsOf<E, R>(run: (tell: (event: E) => void) => Promise<R>): AsyncGenerator<E, R, void> {
  const waiting: E[] = [];
  let over = false;
  let wake = () => {};
  const work = run((event) => {
    waiting.push(event);
    wake();
  });
  const end = () => {
    over = true;
    wake();
  };
  work.then(end, end);
  while (waiting.length > 0 || !over) {
    if (waiting.length > 0) yield waiting.shift()!;
    else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  return work;
}
