/** A sound catalog with a rule set and a fleet; tests change one place of it. Its line numbers are part of the tests. */
export const fleetSample = `version: 1
groups: [engineers, approvers, web-leads]
accounts:
  app-01: { id: "111122223333", name: App 1, tags: { env: prod, team: web }, ou: /workloads/prod, owners: { groups: [web-leads] } }
  app-02: { id: "111122224444", tags: { env: staging }, ou: /workloads }
  app-03: { id: "111122225555", tags: { env: dev }, ou: /workloads-old }
  tools: { id: "111122226666", tags: { env: prod }, ou: /workloads/prod }
ruleSets:
  production:
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
    assurance: { approve: phishing-resistant, issue: phishing-resistant }
entitlements:
  tools/own:
    use: production
    description: Tools
    role: { account: tools, name: daypass-tools }
    maxDuration: 30m
fleets:
  workloads:
    accounts: { names: ["app-*"], tags: { env: [prod, staging] }, ou: /workloads }
    entitlements:
      admin:
        use: production
        description: Administrator of {account}
        role: { name: daypass-admin }
      console:
        use: production
        description: Console of {account}, {account}
        permissionSet: { arn: "arn:aws:sso:::permissionSet/ssoins-7223a1b2c3d4e5f6/ps-a1b2c3d4e5f6a7b8" }
        maxDuration: 8h
bundles:
  first: [app-01/admin, tools/own]
`;

/** The sample with one piece of text replaced; the piece must be there. */
export function fleetChanged(from: string, to: string): string {
  if (!fleetSample.includes(from)) throw new Error(`the sample has no ${from}`);
  return fleetSample.replace(from, () => to);
}
