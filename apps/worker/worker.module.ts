import { Module, type DynamicModule } from '@nestjs/common';

import { ArrearsActivitiesService } from './arrears.activities.js';
import { CaseActivitiesService } from './case.activities.js';
import { CollectionActivitiesService } from './collection.activities.js';
import { CommandActivitiesService } from './command.activities.js';
import { InvoiceActivitiesService } from './invoice.activities.js';
import { MailActivitiesService } from './mail.activities.js';
import { MonthActivitiesService } from './month.activities.js';
import { PrepaidActivitiesService } from './prepaid.activities.js';
import { PUBLIC_URL, LOG, MAIL, SIGNER, SQL, STRIPE, STRIPE_WEEKLY_LIMIT, type Resources } from './resources.js';
import { StartActivitiesService } from './start.activities.js';
import { StripeActivitiesService } from './stripe.activities.js';

/** The activities with what they work with, which is opened and closed by main.ts. */
@Module({})
export class WorkerModule {
  static forResources(resources: Resources): DynamicModule {
    const { sql, stripe, stripeWeeklyLimitCents = null, mail, signer, log, publicUrl = null } = resources;
    return {
      module: WorkerModule,
      providers: [
        { provide: SQL, useValue: sql },
        { provide: STRIPE, useValue: stripe },
        { provide: STRIPE_WEEKLY_LIMIT, useValue: stripeWeeklyLimitCents },
        { provide: MAIL, useValue: mail },
        { provide: SIGNER, useValue: signer },
        { provide: LOG, useValue: log },
        { provide: PUBLIC_URL, useValue: publicUrl },
        MonthActivitiesService,
        InvoiceActivitiesService,
        CollectionActivitiesService,
        ArrearsActivitiesService,
        CaseActivitiesService,
        MailActivitiesService,
        PrepaidActivitiesService,
        CommandActivitiesService,
        StartActivitiesService,
        StripeActivitiesService,
      ],
    };
  }
}
