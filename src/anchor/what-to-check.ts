/**
 * What Daypass cannot know after a restore, and two operators confirm that they have looked after. One thing each, as a
 * sentence that says what to do.
 */
export const whatToCheck: readonly string[] = [
  'People who left since the copy was made: end them at the identity provider, and in Daypass if they were deactivated there. Daypass cannot know who they are.',
  'One-time-code apps that were reset since, for a lost device, count again: reset them again.',
  'Sessions that were issued since under grants that this database does not know can be used until they expire, an hour after they were issued at the latest. If that is too long, revoke older sessions of the target roles in AWS.',
  'Account assignments that were made since are not known to be Daypass’s any more: compare IAM Identity Center with the catalog and delete those that nobody should have.',
  'The record of what happened since is gone from the database: keep what the old one, its log shipping and AWS CloudTrail still have.',
  'The catalog in force is the one of the copy again: compare daypass catalog status with what two operators approved last, and reject what was rejected since.',
  'The configuration is that of today.',
];
