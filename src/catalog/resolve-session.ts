import type { Static } from 'typebox';
import { fillChoice } from './choices.ts';
import { parameterTypes } from './parameters.ts';
import type { EntitlementEntry } from './schema.ts';
import type { Choices, Conditions } from './schema-session.ts';
import { type Choice, type Entitlement, type SessionConditions, weekDays } from './types.ts';

type SessionPart = Pick<Entitlement, 'conditions' | 'choiceRequired' | 'choices' | 'actions'>;

/** What narrows sessions, with defaults filled in and lists in an order of their own, so that the digest knows no layout. */
export function resolveSession(entry: EntitlementEntry, accountId: string): SessionPart {
  const { conditions, choices, actions } = entry;
  const resolved = conditions === undefined ? {} : resolveConditions(conditions);
  return {
    ...(Object.keys(resolved).length === 0 ? {} : { conditions: resolved }),
    ...(entry.choiceRequired === true ? { choiceRequired: true } : {}),
    ...(choices === undefined ? {} : { choices: resolveChoices(choices, accountId) }),
    ...(actions === undefined ? {} : { actions: actions.toSorted() }),
  };
}

function resolveConditions(entry: Static<typeof Conditions>): SessionConditions {
  const { addresses, vpcEndpoints, regions, resourceTags, untagged, assurance, hours } = entry;
  return {
    ...(addresses === undefined ? {} : { addresses: addresses.toSorted() }),
    ...(vpcEndpoints === undefined ? {} : { vpcEndpoints: vpcEndpoints.toSorted() }),
    ...(regions === undefined ? {} : { regions: regions.toSorted() }),
    ...(entry.tls === true ? { tls: true } : {}),
    ...(resourceTags === undefined ? {} : { resourceTags: sortedTags(resourceTags) }),
    ...(untagged === undefined ? {} : { untagged: untagged.toSorted() }),
    ...(assurance === undefined
      ? {}
      : { assurance: assurance === 'multi-factor' ? assurance : 'phishing-resistant' }),
    ...(hours === undefined
      ? {}
      : {
          hours: {
            days: weekDays.filter((day) => hours.days.includes(day)),
            from: hours.from,
            to: hours.to,
            zone: hours.zone,
          },
        }),
  };
}

function resolveChoices(entries: Static<typeof Choices>, accountId: string): Choice[] {
  return Object.entries(entries).map(([name, entry]) => {
    const parameters = Object.entries(entry.parameters ?? {}).map(
      ([parameter, { type, description, values, maxLength }]) => ({
        name: parameter,
        type,
        description,
        values: values?.toSorted() ?? null,
        maxLength: maxLength ?? parameterTypes[type]?.length ?? 0,
      }),
    );
    const template = {
      actions: entry.actions.toSorted(),
      resources: (entry.resources ?? ['*']).toSorted(),
      ...(entry.resourceTags === undefined ? {} : { resourceTags: sortedTags(entry.resourceTags) }),
    };
    // Every place but that of the account keeps standing for itself.
    const places = Object.fromEntries(parameters.map((parameter) => [parameter.name, `{${parameter.name}}`]));
    const { allow } = fillChoice(
      { name, description: entry.description, parameters, allow: template },
      { ...places, account: accountId },
    );
    return { name, description: entry.description, parameters, allow };
  });
}

function sortedTags(tags: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(
    Object.keys(tags)
      .toSorted()
      .map((key) => [key, (tags[key] ?? []).toSorted()]),
  );
}
