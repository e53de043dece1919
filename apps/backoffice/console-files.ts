import { existsSync } from 'node:fs';
import { join } from 'node:path';

import express, { type Handler, type Response } from 'express';

/** Addresses that are never a page of the console. */
const NOT_A_PAGE = /^\/(api|webhooks|live|healthz|readyz|metrics)(\/|$)/;
const NO_STORE = 'no-cache';

function cachePolicy(response: Response, file: string): void {
  const isHashed = /[\\/]assets[\\/]/.test(file);
  response.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : NO_STORE);
}

/** The console's files; every other page address gets index.html, for the console finds its own way from there. */
export function consoleFiles(folder: string): Handler[] {
  const index = join(folder, 'index.html');
  const files = express.static(folder, { index: false, redirect: false, setHeaders: cachePolicy });
  const page: Handler = (request, response, next) => {
    const isPage = request.method === 'GET' && !NOT_A_PAGE.test(request.path) && !/\.\w+$/.test(request.path);
    if (!isPage || request.accepts('html') === false || !existsSync(index)) {
      next();
      return;
    }
    response.setHeader('cache-control', NO_STORE);
    response.sendFile(index, { cacheControl: false });
  };
  return [files, page];
}
