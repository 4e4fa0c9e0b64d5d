import { setTimeout as pause } from 'node:timers/promises';

// One approver in a process of its own: told through stdin what to review, answers with the HTTP status. All eight wait for
// the same instant, so that their calls really meet.

interface Order {
  readonly url: string;
  readonly token: string;
  readonly request: string;
  readonly digest: string;
  readonly decision: 'approve' | 'deny';
  /** Milliseconds since the epoch. */
  readonly at: number;
}

async function review(order: Order): Promise<number> {
  await pause(Math.max(0, order.at - Date.now()));
  const answer = await fetch(`${order.url}/v1/requests/${order.request}/reviews`, {
    method: 'POST',
    headers: { authorization: `Bearer ${order.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ decision: order.decision, digest: order.digest }),
  });
  await answer.body?.cancel();
  return answer.status;
}

process.on('message', (order: Order) => {
  void review(order).then(
    (status) => process.send?.({ status }),
    (error: unknown) => process.send?.({ status: 0, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
