// What conditions may say besides their own functions. What is not here is refused, though CEL has it.

/** Types with fields, and the CEL type of each field. A type comes before those that use it. */
export const types: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Account: { id: 'string', name: 'string', tags: 'map<string, string>', ou: 'string' },
  Entitlement: { id: 'string', account: 'Account', target: 'string', choice: 'string' },
  Requester: { id: 'string', subject: 'string', groups: 'list<string>', outside: 'bool' },
  Assurance: { level: 'string', ageSeconds: 'int' },
};

/** The variables and their types. */
export const variables: Readonly<Record<string, string>> = {
  requester: 'Requester',
  entitlement: 'Entitlement',
  durationSeconds: 'int',
  duration: 'google.protobuf.Duration',
  reason: 'string',
  ticket: 'string',
  breakGlass: 'bool',
  now: 'google.protobuf.Timestamp',
  startsAt: 'google.protobuf.Timestamp',
  assurance: 'Assurance',
  address: 'string',
  onCall: 'map<string, bool>',
};

/** Methods by name: how they are called and with how many arguments. Those on times count in UTC. */
export const methods: Readonly<Record<string, { readonly usage: string; readonly arity: number }>> = {
  startsWith: { usage: 'ticket.startsWith("INC-")', arity: 1 },
  endsWith: { usage: 'requester.id.endsWith("x")', arity: 1 },
  contains: { usage: 'reason.contains("outage")', arity: 1 },
  lowerAscii: { usage: 'ticket.lowerAscii()', arity: 0 },
  upperAscii: { usage: 'ticket.upperAscii()', arity: 0 },
  trim: { usage: 'reason.trim()', arity: 0 },
  size: { usage: 'reason.size()', arity: 0 },
  getFullYear: { usage: 'now.getFullYear()', arity: 0 },
  getMonth: { usage: 'now.getMonth()', arity: 0 },
  getDate: { usage: 'now.getDate()', arity: 0 },
  getDayOfWeek: { usage: 'now.getDayOfWeek()', arity: 0 },
  getHours: { usage: 'now.getHours()', arity: 0 },
  getMinutes: { usage: 'now.getMinutes()', arity: 0 },
  getSeconds: { usage: 'duration.getSeconds()', arity: 0 },
};

/** Macros over a list: each names the entry and says something of it. */
export const macros: Readonly<Record<string, { readonly usage: string }>> = {
  exists: { usage: 'requester.groups.exists(g, g.startsWith("ops-"))' },
  exists_one: { usage: 'requester.groups.exists_one(g, g.startsWith("ops-"))' },
  all: { usage: 'requester.groups.all(g, g.startsWith("ops-"))' },
  filter: { usage: 'requester.groups.filter(g, g.startsWith("ops-")).size() > 1' },
};
