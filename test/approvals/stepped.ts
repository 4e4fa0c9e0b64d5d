/** Steps, people, managers, on call, rules: what catalogs can say of who approves. */
export const steppedCatalog = `version: 1
groups: [engineers, leads, security, directors, deputies]
people:
  mo: { subject: sub-mo }
  nia: { subject: sub-nia }
onCall:
  primary: { webhook: "https://on-call.example/primary" }
accounts:
  prod: { id: "111122223333", name: Production, owners: { groups: [leads] } }
entitlements:
  prod/admin:
    description: Administrator
    role: { account: prod, name: daypass-admin }
    ask: { groups: [engineers] }
    approve:
      steps:
        - name: lead
          groups: [leads]
        - name: security
          groups: [security]
          escalate: { after: 30m, to: { groups: [directors] } }
    maxDuration: 8h
    assurance: { issue: multi-factor }
  prod/secured:
    description: Security alone
    role: { account: prod, name: daypass-secured }
    ask: { groups: [engineers] }
    approve: { groups: [security] }
    maxDuration: 1h
  prod/two:
    description: Two of them
    role: { account: prod, name: daypass-two }
    ask: { groups: [engineers] }
    approve: { groups: [leads], count: 2 }
    maxDuration: 1h
  prod/owned:
    description: The owners of the account approve
    role: { account: prod, name: daypass-owned }
    ask: { groups: [engineers] }
    approve: { accountOwner: true }
    maxDuration: 1h
  prod/managed:
    description: The manager approves
    role: { account: prod, name: daypass-managed }
    ask: { groups: [engineers] }
    approve: { manager: true }
    maxDuration: 1h
  prod/called:
    description: Whoever is on call approves
    role: { account: prod, name: daypass-called }
    ask: { groups: [engineers] }
    approve: { onCall: [primary] }
    maxDuration: 1h
  prod/ruled:
    description: Short is free, long is denied, and what is neither takes a lead
    role: { account: prod, name: daypass-ruled }
    ask: { groups: [engineers] }
    approve:
      steps:
        - name: lead
          groups: [leads]
        - name: security
          groups: [security]
          when: durationSeconds > 1800
    maxDuration: 8h
    rules:
      short: { approve: "durationSeconds <= 600", because: Ten minutes are little }
      long: { deny: "durationSeconds > 7200", because: Nobody works that long }
      frozen: { deny: 'reason.contains("freeze")', because: Nothing changes now }
`;
