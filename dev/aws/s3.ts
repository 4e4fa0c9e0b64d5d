import { decide, deniedMessage } from './authorize.ts';
import { sharedError } from './error-codes.ts';
import { getObject, listObjects, putObject } from './s3-objects.ts';
import type { AwsError, AwsState, Call, Result, Service, WireAnswer } from './service.ts';
import { element } from './xml.ts';
import { findAccount } from './world.ts';

/** S3, path style: ListBuckets, ListObjectsV2, GetObject and PutObject; things that policies and their conditions can deny. */
export const s3: Service = {
  name: 's3',
  signingName: 's3',

  handle(call: Call, state: AwsState): Result {
    switch (call.action) {
      case 'ListBuckets':
        return listBuckets(call, state);
      case 'ListObjectsV2':
        return listObjects(call, state);
      case 'GetObject':
        return getObject(call, state);
      case 'PutObject':
        return putObject(call, state);
      default:
        throw sharedError('s3', 'unknown-action', `${call.action} is not answered here.`);
    }
  },

  renderResult(action: string, result: Result, requestId: string): WireAnswer {
    const inner = typeof result.body === 'string' ? result.body : '';
    if (action === 'GetObject') return { ...xml(200, '', requestId), body: inner };
    if (action === 'PutObject') return { ...xml(200, '', requestId), body: '' };
    const root = action === 'ListBuckets' ? 'ListAllMyBucketsResult' : 'ListBucketResult';
    const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';
    return xml(200, `<${root} xmlns="${namespace}">${inner}</${root}>`, requestId);
  },

  renderError(error: AwsError, requestId: string): WireAnswer {
    const fields = element('Code', error.code) + element('Message', error.message);
    return xml(
      error.status,
      `<Error>${fields}${element('RequestId', requestId)}${element('HostId', requestId)}</Error>`,
      requestId,
    );
  },
};

function listBuckets(call: Call, state: AwsState): Result {
  const { principal } = call.caller;
  // AWS, Service Authorization Reference for S3: ListBuckets needs s3:ListAllMyBuckets, which takes no narrower resource.
  const action = 's3:ListAllMyBuckets';
  const decision = decide(call, state, { action, resource: 'arn:aws:s3:::*' });
  if (!decision.allowed) throw sharedError('s3', 'denied', deniedMessage(principal, action, null, decision));
  const buckets = (findAccount(state.world, principal.account)?.buckets ?? []).map(({ name, created }) => {
    return `<Bucket>${element('Name', name)}${element('CreationDate', created)}</Bucket>`;
  });
  return {
    body: `<Owner>${element('ID', principal.account)}</Owner><Buckets>${buckets.join('')}</Buckets>`,
  };
}

function xml(status: number, body: string, requestId: string): WireAnswer {
  return {
    status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId, 'x-amz-id-2': requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}
