import { chromium, type Browser, type Page } from 'playwright-core';

import { findChromium } from '../setup/chromium.js';

export interface Login {
  readonly email: string;
  readonly password: string;
}

/** Someone with a browser at the console of one address, and all that goes wrong in it. */
export class ConsoleVisitor {
  /** Errors of pages and their consoles but for refused sign-ins; a test that causes one on purpose empties the list. */
  readonly faults: string[] = [];

  private constructor(
    readonly browser: Browser,
    readonly url: string,
  ) {}

  static async come(url: string): Promise<ConsoleVisitor> {
    const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
    return new ConsoleVisitor(await chromium.launch({ executablePath: findChromium(), args }), url);
  }

  /** A page of its own session. */
  async page(width: number, height: number): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width, height }, locale: 'pt-PT' });
    const page = await context.newPage();
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 401/.test(message.text())) this.faults.push(message.text());
    });
    return page;
  }

  /** Fills in and sends the form; what comes of it is for the test to see. */
  async enter(page: Page, { email, password }: Login): Promise<void> {
    await page.goto(this.url);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Palavra-passe').fill(password);
    await page.getByRole('button', { name: 'Entrar' }).click();
  }

  async signIn(page: Page, login: Login): Promise<void> {
    await this.enter(page, login);
    await page.getByTestId('live-state').waitFor();
  }

  /** Goes to an address of the console, without the leading slash. */
  async visit(page: Page, path: string): Promise<void> {
    await page.goto(new URL(path, this.url).href);
  }

  async leave(): Promise<void> {
    await this.browser.close();
  }
}
