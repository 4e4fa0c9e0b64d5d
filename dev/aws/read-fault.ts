import { FAULT_KINDS, type Fault } from './faults.ts';
import { SERVICE_NAMES } from './service.ts';

const FIELDS = new Set([
  'service',
  'action',
  'kind',
  'account',
  'times',
  'every',
  'probability',
  'seed',
  'reason',
]);

/** Reads a fault from the JSON of `POST /_faults`; an Error says what is wrong with it. */
export function readFault(value: unknown): Fault {
  const input = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const unknown = Object.keys(input).filter((name) => !FIELDS.has(name));
  if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}`);
  const service = SERVICE_NAMES.find((name) => name === input['service']);
  const kind = FAULT_KINDS.find((name) => name === input['kind']);
  const { action, account, reason, probability, seed, every } = input;
  if (!service) throw new Error(`service must be one of ${SERVICE_NAMES.join(', ')}`);
  if (!kind) throw new Error(`kind must be one of ${FAULT_KINDS.join(', ')}`);
  if (typeof action !== 'string' || action === '')
    throw new Error('action must be the name of an action, or *');
  if (account !== undefined && !(typeof account === 'string' && /^\d{12}$/.test(account)))
    throw new Error('account must be twelve digits, as text');
  if (reason !== undefined && typeof reason !== 'string') throw new Error('reason must be text');
  if (probability !== undefined && !(typeof probability === 'number' && probability > 0 && probability <= 1))
    throw new Error('probability must be above 0 and at most 1');
  if (seed !== undefined && !Number.isInteger(seed)) throw new Error('seed must be a whole number');
  if (probability !== undefined && every !== undefined)
    throw new Error('every and probability exclude each other');
  return {
    service,
    action,
    kind,
    ...count(input, 'times'),
    ...count(input, 'every'),
    ...(account === undefined ? {} : { account }),
    ...(probability === undefined ? {} : { probability }),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function count<Name extends string>(input: Record<string, unknown>, name: Name): { [name in Name]?: number } {
  const value = input[name];
  if (value === undefined) return {};
  if (!Number.isInteger(value) || Number(value) < 1)
    throw new Error(`${name} must be a positive whole number`);
  return { [name]: Number(value) } as { [name in Name]?: number };
}
