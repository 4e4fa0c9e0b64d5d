/** A sound catalog with conditions, choices and bundles; tests change one place of it. */
export const sessionSample = `version: 1
groups: [engineers, approvers, vault-people]
accounts:
  prod: { id: "111122223333", name: Production }
  test: { id: "444455556666", name: Test }
entitlements:
  prod/data:
    description: Data of production
    role: { account: prod, name: daypass-data }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 4h
    conditions:
      addresses: [203.0.113.0/24]
      vpcEndpoints: [vpce-0123456789abcdef0]
      regions: [eu-west-1]
      tls: true
      assurance: multi-factor
      hours: { days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00", zone: Europe/Berlin }
    choices:
      read-only:
        description: Reading only
        actions: ["s3:Get*", "s3:List*", "dynamodb:GetItem"]
      one-bucket:
        description: The objects of one bucket
        actions: ["s3:GetObject", "s3:PutObject", "s3:ListBucket"]
        resources: ["arn:aws:s3:::{bucket}", "arn:aws:s3:::{bucket}/*"]
        parameters:
          bucket: { type: s3-bucket, description: Name of the bucket }
      one-team:
        description: What one team has tagged
        actions: ["*"]
        resourceTags: { team: ["{team}"] }
        parameters:
          team: { type: tag-value, description: Name of the team, values: [data, ml] }
      one-cluster:
        description: One ECS cluster
        actions: ["ecs:*"]
        resources: ["arn:aws:ecs:{region}:{account}:cluster/{cluster}", "arn:aws:ecs:{region}:{account}:*/{cluster}/*"]
        parameters:
          region: { type: region, description: Its region, values: [eu-west-1] }
          cluster: { type: ecs-cluster, description: Its name, maxLength: 32 }
  prod/parts:
    description: Given out in parts only
    role: { account: prod, name: daypass-parts }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 4h
    choiceRequired: true
    actions: ["s3:*"]
    choices:
      look:
        description: Looking
        actions: ["s3:GetObject"]
  test/all:
    description: Everything in test
    role: { account: test, name: daypass-admin }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 8h
    actions: ["*"]
  secret/vault:
    description: Hidden
    role: { account: prod, name: daypass-vault }
    ask: { groups: [vault-people] }
    approve: { groups: [vault-people] }
    maxDuration: 1h
    actions: ["*"]
bundles:
  data-scientist: [prod/data, test/all]
  with-secret: [prod/data, secret/vault]
`;

/** The sample with one piece of text replaced; the piece must be there. */
export function sessionChanged(from: string, to: string): string {
  if (!sessionSample.includes(from)) throw new Error(`the sample has no ${from}`);
  return sessionSample.replace(from, () => to);
}
