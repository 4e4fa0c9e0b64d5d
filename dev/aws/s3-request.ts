import type { SignedRequest } from './sigv4.ts';

export interface S3Request {
  action: string;
  parameters: Record<string, string>;
  /** What may be logged: not the content of an object. */
  logged: Record<string, string>;
}

/** Reads a path-style request (S3 API reference). What is not answered here comes back as its method and path. */
export function readS3(request: SignedRequest): S3Request {
  const [path = '/', search = ''] = request.target.split(/\?(.*)/s);
  const query = new URLSearchParams(search);
  const action = `${request.method} ${path}`;
  // The SDK tells the operation in x-id; it changes nothing.
  query.delete('x-id');
  const [bucket = '', ...rest] = path.slice(1).split('/').map(decodeURIComponent);
  const key = rest.join('/');
  if (request.method === 'GET' && bucket === '' && query.size === 0) return plain('ListBuckets', {});
  if (request.method === 'GET' && bucket !== '' && key === '' && query.get('list-type') === '2') {
    const listing = { prefix: query.get('prefix'), delimiter: query.get('delimiter') };
    const given = Object.entries(listing).filter((one): one is [string, string] => one[1] !== null);
    return plain('ListObjectsV2', { bucket, ...Object.fromEntries(given) });
  }
  if (bucket === '' || key === '' || query.size > 0) return plain(action, {});
  if (request.method === 'GET') return plain('GetObject', { bucket, key });
  if (request.method === 'PUT') {
    const content = request.body.toString('utf8');
    return { action: 'PutObject', parameters: { bucket, key, content }, logged: { bucket, key } };
  }
  return plain(action, {});
}

function plain(action: string, parameters: Record<string, string>): S3Request {
  return { action, parameters, logged: parameters };
}
