import { createHash } from 'node:crypto';
import { decide, deniedMessage } from './authorize.ts';
import { sharedError } from './error-codes.ts';
import type { RequestContext } from './iam/context.ts';
import type { Decision } from './iam/evaluate.ts';
import { AwsError, type AwsState, type Call, type Result } from './service.ts';
import type { Bucket } from './world.ts';
import { element } from './xml.ts';

export function getObject(call: Call, state: AwsState): Result {
  const { account, bucket } = findBucket(call, state);
  const key = text(call, 'key');
  authorize(call, state, account, bucket, 's3:GetObject', key);
  const content = bucket.objects?.[key];
  if (content !== undefined) return { body: content };
  // S3 API reference, GetObject, Permissions: without s3:ListBucket a missing object answers 403.
  authorize(call, state, account, bucket, 's3:ListBucket', null);
  throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
}

export function putObject(call: Call, state: AwsState): Result {
  const { account, bucket } = findBucket(call, state);
  const key = text(call, 'key');
  authorize(call, state, account, bucket, 's3:PutObject', key);
  bucket.objects = { ...bucket.objects, [key]: text(call, 'content') };
  return { body: '' };
}

export function listObjects(call: Call, state: AwsState): Result {
  const { account, bucket } = findBucket(call, state);
  authorize(call, state, account, bucket, 's3:ListBucket', null);
  const prefix = text(call, 'prefix');
  if (text(call, 'delimiter') !== '')
    throw sharedError('s3', 'unknown-action', 'Delimiters are not answered here.');
  const objects = Object.entries(bucket.objects ?? {}).filter(([key]) => key.startsWith(prefix));
  const contents = objects.map(([key, content]) => {
    const etag = createHash('md5').update(content).digest('hex');
    return `<Contents>${element('Key', key)}${element('LastModified', bucket.created)}${element('ETag', `"${etag}"`)}${element('Size', Buffer.byteLength(content))}${element('StorageClass', 'STANDARD')}</Contents>`;
  });
  const head = element('Name', bucket.name) + element('Prefix', prefix) + element('KeyCount', objects.length);
  return { body: `${head}${element('MaxKeys', 1000)}${element('IsTruncated', 'false')}${contents.join('')}` };
}

function findBucket(call: Call, state: AwsState): { account: string; bucket: Bucket } {
  const name = text(call, 'bucket');
  for (const account of state.world.accounts) {
    const bucket = account.buckets.find((one) => one.name === name);
    if (bucket) return { account: account.id, bucket };
  }
  throw new AwsError('NoSuchBucket', 'The specified bucket does not exist.', 404);
}

/**
 * Service Authorization Reference for S3: objects are `bucket/key`, s3:ListBucket takes the bucket. Tags of the bucket are
 * aws:ResourceTag and s3:BucketTag, as for a bucket with attribute-based access control switched on.
 */
function authorize(
  call: Call,
  state: AwsState,
  account: string,
  bucket: Bucket,
  action: string,
  key: string | null,
): void {
  const { principal } = call.caller;
  const resource = `arn:aws:s3:::${bucket.name}${key === null ? '' : `/${key}`}`;
  const context: RequestContext = { 'aws:ResourceAccount': account };
  for (const [tag, value] of Object.entries(bucket.tags ?? {})) {
    context[`aws:ResourceTag/${tag}`] = value;
    context[`s3:BucketTag/${tag}`] = value;
  }
  if (call.action === 'ListObjectsV2') context['s3:prefix'] = text(call, 'prefix');
  const policy = bucket.policy === undefined ? {} : { resourcePolicy: { policy: bucket.policy, account } };
  const decision: Decision = decide(call, state, { action, resource, context, ...policy });
  const foreign = principal.account !== account && bucket.policy === undefined;
  if (!decision.allowed || foreign) {
    throw sharedError('s3', 'denied', deniedMessage(principal, action, `"${resource}"`, decision));
  }
}

function text(call: Call, name: string): string {
  const value = call.parameters[name];
  return typeof value === 'string' ? value : '';
}
