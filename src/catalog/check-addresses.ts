import { BlockList, isIP } from 'node:net';
import type { LocatedDocument, Path } from './document.ts';
import { quoted } from './lookalike.ts';

// aws:SourceIp is the address that AWS sees: never one of these (RFC 1918, RFC 6598, RFC 4193).
const privateRanges = new BlockList();
privateRanges.addSubnet('10.0.0.0', 8, 'ipv4');
privateRanges.addSubnet('172.16.0.0', 12, 'ipv4');
privateRanges.addSubnet('192.168.0.0', 16, 'ipv4');
privateRanges.addSubnet('100.64.0.0', 10, 'ipv4');
privateRanges.addSubnet('fc00::', 7, 'ipv6');

/** Notes ranges that are none, that mean everyone, and that AWS never sees a call come from. */
export function checkAddresses(document: LocatedDocument, path: Path): void {
  const ranges = document.at(path);
  for (const [index, range] of (Array.isArray(ranges) ? ranges : []).entries()) {
    if (typeof range !== 'string') continue;
    const fault = faultOf(range);
    if (fault !== null) document.note([...path, index], 'value', `${quoted(range)} ${fault}`);
  }
}

function faultOf(range: string): string | null {
  const [address = '', bits = ''] = range.split('/');
  const version = isIP(address);
  const length = Number(bits);
  if (version === 0 || bits === '' || length > (version === 4 ? 32 : 128)) {
    return 'is no address range: write one such as 203.0.113.0/24';
  }
  if (length === 0) return 'is every address: name ranges of your own, or take addresses out';
  if (version === 4 && hostBits(address, length) !== 0) {
    return 'has bits set beyond its length: write the first address of the range';
  }
  if (privateRanges.check(address, version === 4 ? 'ipv4' : 'ipv6')) {
    return 'is private, and AWS sees public addresses only: list the VPC endpoints under vpcEndpoints';
  }
  return null;
}

function hostBits(address: string, length: number): number {
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return number % 2 ** (32 - length);
}
