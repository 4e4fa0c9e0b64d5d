import { isIP } from 'node:net';
import type { RequestContext } from './iam/context.ts';

/** Where a call comes from, as AWS would see it. */
export interface Origin {
  sourceIp: string;
  /** Id of the VPC endpoint that the call came through; null when it came over the internet. */
  vpcEndpoint: string | null;
  /** Host name of the AWS service that calls on the person's behalf; null for the person. */
  viaService: string | null;
  secureTransport: boolean;
}

/** What a service calls from, unless a test says otherwise: an address that belongs to nobody's office. */
const SERVICE_ADDRESS = '52.94.133.131';

/**
 * Tests say with headers that only this stand-in knows where a call comes from: `x-stand-in-source-ip`, `x-stand-in-vpce` (vpce-…),
 * `x-stand-in-via-service` (such as cloudformation.amazonaws.com) and `x-stand-in-insecure: true`. Otherwise it is the
 * connection's address, over TLS, though the stand-in has none.
 */
export function readOrigin(headers: Record<string, string | undefined>, address: string): Origin {
  const viaService = headers['x-stand-in-via-service'] ?? null;
  const given = headers['x-stand-in-source-ip'];
  if (given !== undefined && isIP(given) === 0)
    throw new Error(`x-stand-in-source-ip is no address: ${given}`);
  return {
    sourceIp: given ?? (viaService === null ? address : SERVICE_ADDRESS),
    vpcEndpoint: headers['x-stand-in-vpce'] ?? null,
    viaService,
    secureTransport: headers['x-stand-in-insecure'] !== 'true',
  };
}

/**
 * AWS, "AWS global condition context keys", properties of the network and of the request: aws:SourceIp is absent when a VPC endpoint is
 * used, and aws:SourceVpce and aws:VpcSourceIp are there instead; aws:CalledVia is there when a service calls.
 */
export function originContext(origin: Origin): RequestContext {
  const { vpcEndpoint, viaService, sourceIp } = origin;
  return {
    'aws:SecureTransport': String(origin.secureTransport),
    'aws:ViaAWSService': String(viaService !== null),
    'aws:CalledVia': viaService === null ? undefined : [viaService],
    'aws:CalledViaFirst': viaService ?? undefined,
    'aws:CalledViaLast': viaService ?? undefined,
    'aws:SourceIp': vpcEndpoint === null ? sourceIp : undefined,
    'aws:SourceVpce': vpcEndpoint ?? undefined,
    'aws:VpcSourceIp': vpcEndpoint === null ? undefined : sourceIp,
  };
}
