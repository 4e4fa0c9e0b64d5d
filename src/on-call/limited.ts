/** Does work that may take so long and no longer: its signal is aborted then, and what it still brings is ignored. */
export async function limited<T>(
  ms: number,
  stopped: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const controller = new AbortController();
  const end = (message: string) => {
    controller.abort(new Error(message));
    reject(controller.signal.reason as Error);
  };
  const timer = setTimeout(() => end(`it took longer than ${ms / 1000} seconds: is it well?`), ms);
  const stop = () => end('Daypass is being stopped');
  stopped.addEventListener('abort', stop, { once: true });
  if (stopped.aborted) stop();
  try {
    return await Promise.race([promise, work(controller.signal)]);
  } finally {
    clearTimeout(timer);
    stopped.removeEventListener('abort', stop);
  }
}
