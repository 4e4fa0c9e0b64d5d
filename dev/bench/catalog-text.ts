// A large catalog: as large as what Daypass is to bear, with rules of every kind in it.

export const groupCount = 1_000;
export const entitlementCount = 10_000;
/** Whose members may ask for everything. */
export const everywhere = 'platform';

const accountCount = 500;
const roles = [
  'admin',
  'readonly',
  'support',
  'deploy',
  'data',
  'network',
  'backup',
  'billing',
  'audit',
  'logs',
];

/** Name of the group of that number; numbers go round. */
export function groupName(number: number): string {
  return `team-${number % groupCount}`;
}

/** YAML with 10,000 entitlements: 5,000 that fleets make, and 5,000 that are written out, each with groups of its own. */
export function largeCatalog(): string {
  const accounts = Array.from({ length: accountCount }, (_, n) => {
    const id = String(100_000_000_000 + n);
    const tags = `{ env: ${n % 2 === 0 ? 'prod' : 'test'}, team: t${n % 20} }`;
    return `  acc-${n}: { id: "${id}", name: Account ${n}, tags: ${tags}, ou: /workloads/u${n % 50}, owners: { groups: [${groupName(n)}] } }`;
  });
  const written = Array.from({ length: entitlementCount - accountCount * roles.length }, (_, n) => {
    const account = n % accountCount;
    return [
      `  acc-${account}/own-${Math.floor(n / accountCount)}:`,
      '    use: own',
      `    description: Own ${n}`,
      `    role: { account: acc-${account}, name: daypass-own-${Math.floor(n / accountCount)} }`,
      `    ask: { groups: [${everywhere}, ${groupName(n)}, ${groupName(n * 7 + 1)}] }`,
    ].join('\n');
  });
  return `version: 1
groups:
${[everywhere, ...Array.from({ length: groupCount }, (_, n) => groupName(n))].map((name) => `  - ${name}`).join('\n')}
accounts:
${accounts.join('\n')}
ruleSets:
  fleet:
    ask: { groups: [${everywhere}, ${groupName(0)}] }
    approve:
      steps:
        - { name: manager, manager: true }
        - { name: owners, accountOwner: true, when: durationSeconds > 3600 }
        - { name: approval, groups: [${groupName(1)}, ${groupName(2)}], count: 2 }
    maxDuration: 8h
    rules: &rules
      freeze: { deny: 'date(now, "Europe/Berlin") >= "2026-12-24"', because: Frozen }
      weekend: { deny: 'weekday(now, "Europe/Berlin") in ["sat", "sun"] && !looksLike(ticket, "INC-[0-9]{1,8}")', because: An incident at weekends }
      office: { approve: 'inNetwork(address, "203.0.113.0/24") && durationSeconds < 600 && atLeast(assurance.level, "phishing-resistant")', because: Short and from the office }
  own:
    approve: { accountOwner: true, count: 2 }
    maxDuration: 4h
    rules: *rules
fleets:
  all:
    accounts: { names: ["*"] }
    entitlements:
${roles.map((role) => `      ${role}: { use: fleet, description: "${role} of {account}", role: { name: daypass-${role} } }`).join('\n')}
entitlements:
${written.join('\n')}
`;
}
