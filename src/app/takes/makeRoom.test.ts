import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, it } from 'vitest';
import { ShotweaveError } from '../../lib/errors.ts';
import { filmResult } from '../../library/fixtures/records.ts';
import { listTakes, saveFilmRecord } from '../../library/takes.ts';
import { notices } from '../notices.ts';
import { makeRoom } from './makeRoom.ts';

const sentences = () => notices.getState().shown.map(({ sentence }) => sentence);

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  notices.setState({ shown: [] });
  for (let i = 1; i <= 13; i++) await saveFilmRecord('d', filmResult(`${i}.mp4`));
});

it('deletes the take that is one too many with its file, and says which', async () => {
  const deleted: string[] = [];
  const deleteFilm = async (fileName: string) => void deleted.push(fileName);
  await makeRoom('d', deleteFilm);
  expect(deleted).toEqual(['1.mp4']);
  expect(await listTakes('d')).toHaveLength(12);
  expect(sentences()).toEqual([expect.stringMatching(/newest 12 takes, so take 1 is gone: pin/)]);
  await makeRoom('d', deleteFilm);
  expect(deleted).toHaveLength(1);
  expect(sentences()).toHaveLength(1);
});

it('never fails the film that asked for room', async () => {
  await makeRoom('d', async () => {
    throw new ShotweaveError('storage-unavailable', 'The storage is shut.');
  });
  expect(sentences()).toEqual(['The storage is shut.']);
});
