import type { INestApplicationContext } from '@nestjs/common';

import type { Activities, StripeActivities } from '#workflows/activities.js';

import { ArrearsActivitiesService } from './arrears.activities.js';
import { CaseActivitiesService } from './case.activities.js';
import { CollectionActivitiesService } from './collection.activities.js';
import { CommandActivitiesService } from './command.activities.js';
import { InvoiceActivitiesService } from './invoice.activities.js';
import { MailActivitiesService } from './mail.activities.js';
import { MonthActivitiesService } from './month.activities.js';
import { PrepaidActivitiesService } from './prepaid.activities.js';
import { StartActivitiesService } from './start.activities.js';
import { StripeActivitiesService } from './stripe.activities.js';

/** The functions of the queue `chazemo`, by the names the workflows know. */
export function activitiesOf(app: INestApplicationContext): Activities {
  return {
    ...bound(app.get(MonthActivitiesService)),
    ...bound(app.get(InvoiceActivitiesService)),
    ...bound(app.get(CollectionActivitiesService)),
    ...bound(app.get(ArrearsActivitiesService)),
    ...bound(app.get(CaseActivitiesService)),
    ...bound(app.get(MailActivitiesService)),
    ...bound(app.get(PrepaidActivitiesService)),
    ...bound(app.get(CommandActivitiesService)),
    ...bound(app.get(StartActivitiesService)),
  };
}

/** The functions of the queue `chazemo-stripe`. */
export function stripeActivitiesOf(app: INestApplicationContext): StripeActivities {
  return { ...bound(app.get(StripeActivitiesService)) };
}

/** An instance's methods as functions that need no `this`. */
export function bound<T extends object>(instance: T): T {
  const prototype: unknown = Object.getPrototypeOf(instance);
  const methods = Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { value }]) =>
    name !== 'constructor' && typeof value === 'function' ? [[name, value.bind(instance)] as const] : [],
  );
  return Object.fromEntries(methods) as T;
}
