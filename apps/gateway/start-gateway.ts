import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';

import { GatewayModule } from './gateway.module.js';
import { GatewayService } from './gateway.service.js';
import { nestLog, type Logger } from './log.js';
import type { GatewaySettings } from './settings.js';

export interface RunningGateway {
  readonly port: number;
  /** The encrypted port; null when there is none. */
  readonly tlsPort: number | null;
  /** Drains and closes. */
  close(): Promise<void>;
}

/** The gateway, listening. A Nest application without HTTP of its own: the OCPP port is the gateway's. */
export async function startGateway(settings: GatewaySettings, log: Logger): Promise<RunningGateway> {
  const app = await NestFactory.createApplicationContext(GatewayModule.with(settings, log), {
    logger: nestLog(log),
    abortOnError: false,
  });
  const { port, tlsPort } = app.get(GatewayService);
  return { port, tlsPort, close: () => app.close() };
}
