import { EventEmitter } from 'node:events';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { MemoryWatch } from './browserMemory.ts';

/** A page whose heap is 100 bytes, with a worker that answers when `answer` is called. */
function pageWithWorker() {
  const asked: number[] = [];
  const session = Object.assign(new EventEmitter(), {
    send: async (method: string, params?: { message: string }) => {
      if (method === 'Target.sendMessageToTarget') asked.push(JSON.parse(params?.message ?? '').id);
      return { usedSize: 100 };
    },
  });
  const browser = { newBrowserCDPSession: async () => ({ send: async () => ({ processInfo: [] }) }) };
  const context = { browser: () => browser, newCDPSession: async () => session };
  const answer = (result: object): void => {
    const message = JSON.stringify({ id: asked.at(-1), result });
    session.emit('Target.receivedMessageFromTarget', { sessionId: 'w', message });
  };
  return { page: { context: () => context } as unknown as Page, session, answer };
}

it('adds the heap of a worker, and does not wait for one that ended', async () => {
  const { page, session, answer } = pageWithWorker();
  const watch = await MemoryWatch.start(page);
  session.emit('Target.attachedToTarget', { sessionId: 'w', targetInfo: { type: 'worker' } });

  const both = watch.read();
  answer({ usedSize: 20, backingStorageSize: 3 });
  expect(await both).toEqual({ heapBytes: 123, residentBytes: null });

  const ended = watch.read();
  session.emit('Target.detachedFromTarget', { sessionId: 'w' });
  expect(await ended).toEqual({ heapBytes: 100, residentBytes: null });
  expect(await watch.read()).toEqual({ heapBytes: 100, residentBytes: null });
});
