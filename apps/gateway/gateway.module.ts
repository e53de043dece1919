import { Module, type DynamicModule } from '@nestjs/common';

import { GatewayService } from './gateway.service.js';
import { LOG, type Logger } from './log.js';
import { GatewayMetrics } from './metrics.js';
import { SETTINGS, type GatewaySettings } from './settings.js';

@Module({})
export class GatewayModule {
  static with(settings: GatewaySettings, log: Logger): DynamicModule {
    return {
      module: GatewayModule,
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: LOG, useValue: log },
        GatewayMetrics,
        GatewayService,
      ],
    };
  }
}
