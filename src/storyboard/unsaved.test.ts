import { beforeEach, describe, expect, it } from 'vitest';
import { memoryJournal } from './fixtures/memoryJournal.ts';
import { starterStoryboard } from './starter.ts';
import { type OpenJournal, readUnsaved, unsavedSlot } from './unsaved.ts';

const document = starterStoryboard();
const kept = { documentId: 'd1', document };

let journal: OpenJournal;

beforeEach(() => {
  journal = memoryJournal();
});

describe('what is left unsaved', () => {
  it('comes back with the version that it was edited from', () => {
    unsavedSlot(journal, 'one', new Map([['d1', 5]])).write(kept);
    expect(readUnsaved(journal)).toEqual([{ ...kept, version: 5, slot: 'one' }]);
  });

  it('by several tabs is kept of each, whichever of them saves', () => {
    const other = { documentId: 'd2', document };
    const mine = unsavedSlot(journal, 'mine', new Map());
    mine.write(kept);
    unsavedSlot(journal, 'theirs', new Map()).write(other);
    expect(readUnsaved(journal)).toHaveLength(2);
    mine.clear();
    expect(readUnsaved(journal)).toEqual([{ ...other, version: null, slot: 'theirs' }]);
  });

  it('is passed over when damaged, like everything else in the journal', () => {
    unsavedSlot(journal, 'one', new Map()).write(kept);
    const key = journal.key(0) ?? '';
    for (const damaged of [
      '{"documentId":',
      '{}',
      'null',
      '{"documentId":"d1","version":null,"document":{}}',
    ]) {
      journal.setItem(key, damaged);
      expect(readUnsaved(journal)).toEqual([]);
    }
    journal.setItem('shotweave.quality', 'draft');
    expect(readUnsaved(journal)).toEqual([]);
  });

  it('stops nobody from leaving where the storage is full', () => {
    journal.setItem = () => {
      throw new DOMException('Full', 'QuotaExceededError');
    };
    unsavedSlot(journal, 'one', new Map()).write(kept);
    expect(readUnsaved(journal)).toEqual([]);
  });
});
