import { readFile } from 'node:fs/promises';
import type { CDPSession, Page } from 'playwright';

/** Bytes that a page's browser uses. */
export interface BrowserMemory {
  /** JavaScript heaps of the page and its workers, with the array buffers that they hold. */
  heapBytes: number;
  /** Physical memory of all processes of the browser; null where the system does not tell. */
  residentBytes: number | null;
}

interface HeapUsage {
  usedSize: number;
  backingStorageSize?: number;
}

const noHeap: HeapUsage = { usedSize: 0 };

/** Watches the memory of a page's browser through the DevTools protocol. Start it before the page makes workers. */
export class MemoryWatch {
  readonly #page: CDPSession;
  readonly #browser: CDPSession;
  readonly #workers = new Set<string>();
  readonly #answers = new Map<number, { sessionId: string; answer: (usage: HeapUsage) => void }>();
  #asked = 0;

  private constructor(page: CDPSession, browser: CDPSession) {
    this.#page = page;
    this.#browser = browser;
    page.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type === 'worker') this.#workers.add(sessionId);
    });
    page.on('Target.detachedFromTarget', ({ sessionId }) => {
      this.#workers.delete(sessionId);
      // A worker that ended has no heap, and will not say so.
      for (const [id, asked] of this.#answers) if (asked.sessionId === sessionId) this.#settle(id, noHeap);
    });
    page.on('Target.receivedMessageFromTarget', ({ message }) => {
      const { id, result }: { id?: number; result?: HeapUsage } = JSON.parse(message);
      if (id !== undefined) this.#settle(id, result ?? noHeap);
    });
  }

  static async start(page: Page): Promise<MemoryWatch> {
    const browser = page.context().browser();
    if (!browser) throw new Error('The page has no browser of its own to ask for memory.');
    const session = await page.context().newCDPSession(page);
    const watch = new MemoryWatch(session, await browser.newBrowserCDPSession());
    await session.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    });
    return watch;
  }

  async read(): Promise<BrowserMemory> {
    const usages = await Promise.all([
      this.#page.send('Runtime.getHeapUsage') as Promise<HeapUsage>,
      ...[...this.#workers].map((sessionId) => this.#askWorker(sessionId)),
    ]);
    return {
      heapBytes: usages.reduce(
        (sum, { usedSize, backingStorageSize = 0 }) => sum + usedSize + backingStorageSize,
        0,
      ),
      residentBytes: await this.#resident(),
    };
  }

  #askWorker(sessionId: string): Promise<HeapUsage> {
    this.#asked += 1;
    const id = this.#asked;
    return new Promise((answer) => {
      this.#answers.set(id, { sessionId, answer });
      const message = JSON.stringify({ id, method: 'Runtime.getHeapUsage' });
      this.#page
        .send('Target.sendMessageToTarget', { sessionId, message })
        .catch(() => this.#settle(id, noHeap));
    });
  }

  #settle(id: number, usage: HeapUsage): void {
    this.#answers.get(id)?.answer(usage);
    this.#answers.delete(id);
  }

  /** Linux tells it in /proc; elsewhere nothing is told rather than something else. */
  async #resident(): Promise<number | null> {
    const { processInfo } = await this.#browser.send('SystemInfo.getProcessInfo');
    try {
      const statuses = await Promise.all(
        processInfo.map(({ id }) => readFile(`/proc/${id}/status`, 'utf8').catch(gone)),
      );
      return (
        statuses.reduce(
          (sum, status) => sum + 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0),
          0,
        ) || null
      );
    } catch {
      return null;
    }
  }
}

/** A process may end between being listed and being read. */
function gone(): string {
  return '';
}
