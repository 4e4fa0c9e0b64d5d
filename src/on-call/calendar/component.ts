import { CalendarRefused } from './refused.ts';
import { readTime, type WrittenTime } from './written-time.ts';

/** One line of a calendar (RFC 7265, 3.4): parameters and values as ical.js reads them. */
export interface Property {
  readonly params: Readonly<Record<string, unknown>>;
  readonly type: string;
  readonly values: readonly unknown[];
}

/** A component as ical.js gives it (jCal, RFC 7265): its name, its properties, its components. */
export type Component = readonly [string, readonly (readonly unknown[])[], readonly Component[]];

export function childrenOf(component: Component, name: string): readonly Component[] {
  return component[2].filter((child) => child[0] === name);
}

export function propertiesOf(component: Component, name: string): readonly Property[] {
  return component[1]
    .filter((property) => property[0] === name)
    .map(([, params, type, ...values]) => ({
      params: params as Readonly<Record<string, unknown>>,
      type: String(type),
      values,
    }));
}

export function propertyOf(component: Component, name: string): Property | undefined {
  return propertiesOf(component, name)[0];
}

/** The first value of a property as text; empty where there is none. */
export function textOf(component: Component, name: string): string {
  const value = propertyOf(component, name)?.values[0];
  return typeof value === 'string' ? value : '';
}

/** A parameter as text; empty where there is none. */
export function paramOf(property: Property, name: string): string {
  const value = property.params[name];
  return typeof value === 'string' ? value : '';
}

/** The times of a property. Throws CalendarRefused when one of them is none. */
export function timesOf(property: Property, name: string): readonly WrittenTime[] {
  return property.values.map((value) => {
    const time = readTime(value);
    if (time === null) {
      throw new CalendarRefused(
        `a ${name.toUpperCase()} is not a date or a time as Daypass reads them: write 20260701 or 20260701T090000`,
      );
    }
    return time;
  });
}
