import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { createEgress, type EgressOptions } from '../../src/egress/egress.ts';
import { refusalOf } from './refusal.ts';
import { type Listener, startHttp, startRaw } from './servers.ts';

const open: Listener[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((listener) => listener.stop()));
});

async function answeredBy(talk: (socket: Socket) => void) {
  const listener = await startRaw(talk);
  open.push(listener);
  return listener;
}

// Long enough never to pass in a test where it is not what is tested.
const patient = { totalMs: 50_000, bodyBytes: 10_000, headerBytes: 4096 };

function get(listener: Listener, limits: EgressOptions['limits'] = patient, signal?: AbortSignal) {
  const origin = `http://127.0.0.1:${listener.port}`;
  const egress = createEgress({ allow: [], loopbackOrigins: [origin], limits });
  return egress.send({ url: `${origin}/`, method: 'GET', headers: {}, signal });
}

/** Writes `piece` whenever there is room, for as long as the other side listens. */
function forever(socket: Socket, piece: string | Buffer): void {
  const write = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', write);
  write();
}

test.each([301, 302, 303, 307, 308, 300, 304, 399])('a redirect (%s) is not followed', async (status) => {
  const trap = await answeredBy(() => undefined);
  const server = await answeredBy((socket) =>
    socket.end(
      `HTTP/1.1 ${status} Moved\r\nlocation: http://127.0.0.1:${trap.port}/hunter2\r\ncontent-length: 0\r\n\r\n`,
    ),
  );
  const refusal = await refusalOf(get(server));
  expect(refusal.code).toBe('EGRESS_REDIRECT');
  expect(refusal.message).toContain('configure the final address');
  expect(refusal.message).not.toContain('hunter2');
  expect(trap.connections()).toBe(0);
});

test('a redirect to the metadata service is not followed', async () => {
  const server = await answeredBy((socket) =>
    socket.end('HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n'),
  );
  expect((await refusalOf(get(server))).code).toBe('EGRESS_REDIRECT');
  expect(server.connections()).toBe(1);
});

test('a body up to the limit is read, and one byte more is not', async () => {
  const ofLength = (length: number) =>
    answeredBy((socket) => socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${'x'.repeat(length)}`));
  expect((await get(await ofLength(10_000))).body).toHaveLength(10_000);
  expect((await refusalOf(get(await ofLength(10_001)))).code).toBe('EGRESS_SIZE');
});

test('a connection that closes behind a large body takes none of it away', async () => {
  const server = await answeredBy((socket) =>
    socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${'x'.repeat(900_000)}`),
  );
  const limits = { ...patient, bodyBytes: 1_000_000 };
  const answers = await Promise.all(Array.from({ length: 20 }, () => get(server, limits)));
  expect(answers.map((answer) => answer.body.length)).toEqual(Array.from({ length: 20 }, () => 900_000));
});

test('a body without end is cut off, with or without a length', async () => {
  const heads = ['', 'transfer-encoding: chunked\r\n', 'content-length: 99999999999\r\n'];
  for (const head of heads) {
    const server = await answeredBy((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n`);
      const piece = 'x'.repeat(4096);
      forever(socket, head.startsWith('transfer') ? `1000\r\n${piece}\r\n` : piece);
    });
    expect((await refusalOf(get(server))).code, head).toBe('EGRESS_SIZE');
  }
});

test('a length that is too much is refused before any of it comes', async () => {
  const server = await answeredBy((socket) =>
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10001\r\n\r\n'),
  );
  expect((await refusalOf(get(server))).code).toBe('EGRESS_SIZE');
});

test('more header than is read is refused: one long field, many fields, one without end, trailers', async () => {
  const many = Array.from({ length: 500 }, (_, index) => `x-${index}: value`).join('\r\n');
  for (const head of [`x: ${'y'.repeat(5000)}`, many]) {
    const server = await answeredBy((socket) => socket.end(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n`));
    expect((await refusalOf(get(server))).code).toBe('EGRESS_SIZE');
  }
  const endless = await answeredBy((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    forever(socket, `x: ${'y'.repeat(500)}\r\n`);
  });
  expect((await refusalOf(get(endless))).code).toBe('EGRESS_SIZE');
  const trailers = await answeredBy((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n');
    forever(socket, `x: ${'y'.repeat(500)}\r\n`);
  });
  expect(['EGRESS_SIZE', 'EGRESS_ANSWER']).toContain((await refusalOf(get(trailers))).code);
});

test('interim answers without end are cut off', async () => {
  const server = await answeredBy((socket) => forever(socket, 'HTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n'));
  expect((await refusalOf(get(server))).code).toBe('EGRESS_ANSWER');
});

test('a few interim answers are no harm', async () => {
  const server = await answeredBy((socket) =>
    socket.end(
      `${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(3)}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok`,
    ),
  );
  expect((await get(server)).body.toString()).toBe('ok');
});

test('nothing compressed is unpacked: a bomb is refused by its label, and without one it is only bytes', async () => {
  const bomb = gzipSync(Buffer.alloc(5_000_000));
  expect(bomb.length).toBeLessThan(patient.bodyBytes);
  const send = (headers: Record<string, string>) =>
    startHttp((_request, response) => response.writeHead(200, headers).end(bomb));
  for (const encoding of ['gzip', 'GZIP', 'br', 'deflate', 'zstd', 'gzip, gzip', 'identity, gzip', 'x']) {
    const server = await send({ 'content-encoding': encoding });
    open.push(server);
    expect((await refusalOf(get(server))).code, encoding).toBe('EGRESS_ENCODING');
  }
  const unlabelled = await send({});
  open.push(unlabelled);
  expect((await get(unlabelled)).body).toHaveLength(bomb.length);
  const identity = await send({ 'content-encoding': 'identity' });
  open.push(identity);
  expect((await get(identity)).body).toHaveLength(bomb.length);
});

test.each([
  ['nothing at all', '', ''],
  ['a status line', 'HTTP/1.1 200 ', 'O'],
  ['a header', 'HTTP/1.1 200 OK\r\nx: ', 'y'],
  ['a body', 'HTTP/1.1 200 OK\r\n\r\n', 'z'],
  ['what may follow the length of a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;', 'x'],
])('an answer in drops ends with the time, however often a drop comes: %s', async (_what, start, drop) => {
  const timers: NodeJS.Timeout[] = [];
  const server = await answeredBy((socket) => {
    socket.write(start);
    // Faster than any limit on silence would be.
    if (drop !== '') timers.push(setInterval(() => socket.destroyed || socket.write(drop), 20));
  });
  try {
    expect((await refusalOf(get(server, { ...patient, totalMs: 300 }))).code).toBe('EGRESS_TIME');
  } finally {
    for (const timer of timers) clearInterval(timer);
  }
});

test('a resolver that never answers ends with the time', async () => {
  const egress = createEgress({
    allow: [],
    limits: { totalMs: 50 },
    resolve: () => new Promise<never>(() => undefined),
  });
  const call = egress.send({ url: 'https://idp.test/', method: 'GET', headers: {} });
  expect((await refusalOf(call)).code).toBe('EGRESS_TIME');
});

test("a caller's own end is told with the caller's reason, and the connection is let go", async () => {
  const controller = new AbortController();
  const closed = Promise.withResolvers<boolean>();
  const server = await answeredBy((socket) => {
    socket.on('close', () => closed.resolve(true));
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    controller.abort(new Error('enough'));
  });
  await expect(get(server, patient, controller.signal)).rejects.toThrow('enough');
  expect(await closed.promise).toBe(true);
  await expect(get(server, patient, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
});

test.each([
  ['no HTTP', 'SSH-2.0-hunter2\r\n', true],
  ['nothing', '', true],
  ['half a head', 'HTTP/1.1 200 OK\r\nx: hunter2', true],
  ['a status that does not exist', 'HTTP/1.1 999 hunter2\r\ncontent-length: 0\r\n\r\n', true],
  ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nhunter2', true],
  [
    'a length and chunks',
    'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n',
    true,
  ],
  ['half a body', 'HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nhunter2', true],
  ['half a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n20\r\nhunter2', true],
  ['chunks that are none', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nhunter2\r\n', true],
  ['another protocol', 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: hunter2\r\n\r\n', false],
])('an answer that is %s is refused, and none of it is told', async (_what, text, end) => {
  const server = await answeredBy((socket) => void (end ? socket.end(text) : socket.write(text)));
  const refusal = await refusalOf(get(server));
  expect(['EGRESS_ANSWER', 'EGRESS_UNREACHABLE']).toContain(refusal.code);
  expect(refusal.cause).toBeUndefined();
  expect(JSON.stringify(refusal, Object.getOwnPropertyNames(refusal))).not.toContain('hunter2');
});
