import type { Command, UpdateAnswer, WorkflowGateway } from '../workflow-gateway.js';
import { WorkflowsAway } from '../workflow-gateway.js';

/** Workflows that remember what they were told and answer as the test says. */
export class FakeWorkflows implements WorkflowGateway {
  readonly commands: Command[] = [];
  readonly signals: string[] = [];
  readonly started = new Set<string>();
  answer: UpdateAnswer = { kind: 'accepted', progress: null };
  isAway = false;

  async startMonth({ installationId, period }: { installationId: string; period: string }) {
    this.#present();
    const key = `${installationId}/${period}`;
    if (this.started.has(key)) return 'exists';
    this.started.add(key);
    return 'started';
  }

  async command(command: Command): Promise<UpdateAnswer> {
    this.#present();
    this.commands.push(command);
    return this.answer;
  }

  async paymentChanged(documentId: string): Promise<void> {
    this.#present();
    this.signals.push(`paymentChanged ${documentId}`);
  }

  async ledgerChanged(documentId: string): Promise<void> {
    this.#present();
    this.signals.push(`ledgerChanged ${documentId}`);
  }

  async caseChanged(documentId: string): Promise<void> {
    this.#present();
    this.signals.push(`caseChanged ${documentId}`);
  }

  async startCollection(documentId: string): Promise<void> {
    this.#present();
    this.signals.push(`startCollection ${documentId}`);
  }

  async startArrears(documentId: string, cause: string): Promise<void> {
    this.#present();
    this.signals.push(`startArrears ${documentId} ${cause}`);
  }

  async topUpChanged({ orderId }: { orderId: string }): Promise<void> {
    this.#present();
    this.signals.push(`topUpChanged ${orderId}`);
  }

  async prepaidChanged(customerId: string): Promise<void> {
    this.#present();
    this.signals.push(`prepaidChanged ${customerId}`);
  }

  async sendLetter(mailId: string): Promise<void> {
    this.#present();
    this.signals.push(`sendLetter ${mailId}`);
  }

  async isReachable(): Promise<boolean> {
    return !this.isAway;
  }

  /** As a new test wants to find it. */
  reset(): void {
    this.commands.length = 0;
    this.signals.length = 0;
    this.answer = { kind: 'accepted', progress: null };
    this.isAway = false;
  }

  #present(): void {
    if (this.isAway) throw WorkflowsAway.because(new Error('away'));
  }
}
