import { describe, expect, it } from 'vitest';
import { ShotweaveError } from '../lib/errors.ts';
import { parseStoryboard, serializeStoryboard, validateStoryboard } from './document.ts';

const shot = { id: 'a1', prompt: 'a red sailboat on the sea', seconds: 2, seed: null, locked: false };

const film = {
  format: 'shotweave/storyboard',
  version: 1,
  title: 'The red sailboat',
  look: 'at sunset',
  negative: '',
  model: 'papercut',
  width: 320,
  height: 192,
  fps: 24,
  seed: 7,
  steps: 16,
  guidance: 3.5,
  attention: 'moga',
  shots: [shot, { ...shot, id: 'b2', seed: 11, locked: true }],
};

const withShot = (changes: object) => ({ ...film, shots: [{ ...shot, ...changes }] });
const shots = (count: number) => Array.from({ length: count }, (_, index) => ({ ...shot, id: `s${index}` }));

/** The sentence with which a document is refused. */
function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof ShotweaveError && error.code === 'storyboard-invalid') return error.message;
    throw error;
  }
  throw new Error('The document was accepted.');
}

const oneSentence = /^[A-Z][^\n]*\.$/;

describe('parseStoryboard', () => {
  it('reads what serializeStoryboard writes', () => {
    const storyboard = parseStoryboard(JSON.stringify(film));
    expect(storyboard).toEqual(film);
    expect(parseStoryboard(serializeStoryboard(storyboard))).toEqual(storyboard);
  });

  it.each(['', 'a red sailboat', '{"format": "shotweave/storyboard",', '<!doctype html>'])(
    'refuses %j, which is not JSON',
    (text) => {
      expect(refusal(() => parseStoryboard(text))).toBe(
        'This file is not a storyboard, for it is not valid JSON: open a .shotweave.json file or a film exported from Shotweave.',
      );
    },
  );

  it.each(['null', '[]', '"text"', '7', '{}', '{"format":"other/scene","version":1}', '{"shots":[]}'])(
    'refuses %s, which another program wrote',
    (json) => {
      expect(refusal(() => parseStoryboard(json))).toBe(
        'This file comes from another program: open a .shotweave.json file or a film exported from Shotweave.',
      );
    },
  );
});

describe('validateStoryboard', () => {
  it('fills in what a short document leaves out', () => {
    const { format, version, width, height, fps, steps, guidance } = film;
    const short = {
      format,
      version,
      width,
      height,
      fps,
      steps,
      guidance,
      shots: [{ id: 'a', prompt: '', seconds: 1 }],
    };
    expect(validateStoryboard(short)).toEqual({
      ...short,
      title: '',
      look: '',
      negative: '',
      model: 'papercut',
      seed: 0,
      attention: 'moga',
      shots: [{ id: 'a', prompt: '', seconds: 1, seed: null, locked: false }],
    });
  });

  it('takes every attention, sampler and shift that the engine knows, and fills in none that is left out', () => {
    for (const attention of ['dense', 'moga', 'kmeans', 'moc']) {
      expect(validateStoryboard({ ...film, attention })).toEqual({ ...film, attention });
    }
    const few = { ...film, sampler: 'unipc', shift: 8 };
    expect(validateStoryboard(few)).toEqual(few);
  });

  it('keeps unknown fields on the way through', () => {
    const extended = {
      ...film,
      mood: { colour: ['teal', 'coral'] },
      shots: [{ ...shot, camera: { path: [1, 2] }, note: null }],
    };
    expect(parseStoryboard(serializeStoryboard(validateStoryboard(extended)))).toEqual(extended);
  });

  it('keeps HTML as the text that it is', () => {
    const html = '<img src=x onerror="alert(1)"> & <script>alert(2)</script>';
    const storyboard = validateStoryboard({ ...withShot({ prompt: html }), title: html, look: html });
    const again = parseStoryboard(serializeStoryboard(storyboard));
    expect([again.title, again.look, again.shots[0]?.prompt]).toEqual([html, html, html]);
  });

  it('does not let a document change the prototype of objects', () => {
    const text = JSON.stringify(film).replace('{', '{"__proto__":{"polluted":true},');
    const storyboard = parseStoryboard(text);
    expect('polluted' in storyboard).toBe(false);
    expect('polluted' in {}).toBe(false);
  });

  it('accepts the limits themselves', () => {
    const prompt = 'a'.repeat(2000);
    expect(validateStoryboard({ ...film, shots: shots(200) }).shots).toHaveLength(200);
    expect(validateStoryboard(withShot({ prompt })).shots[0]?.prompt).toBe(prompt);
  });

  it.each([2, 1.5, 1e9])('tells a person with version %d to update', (version) => {
    expect(refusal(() => validateStoryboard({ ...film, version }))).toBe(
      `This storyboard is of version ${version} and this Shotweave reads version 1: update Shotweave to open it.`,
    );
  });

  it.each([
    ['version 0', { ...film, version: 0 }, 'its "version" must be 1'],
    ['a version that is a text', { ...film, version: '2' }, 'its "version" must be 1'],
    ['no version', { ...film, version: undefined }, 'its "version" must be 1'],
    ['no shots', { ...film, shots: [] }, 'its "shots" must be a list of 1 to 200 shots'],
    ['500 shots', { ...film, shots: shots(500) }, 'its "shots" must be a list of 1 to 200 shots'],
    ['a text for shots', { ...film, shots: 'three' }, 'its "shots" must be a list of 1 to 200 shots'],
    ['two shots with one id', { ...film, shots: [shot, shot] }, 'two of its shots have the same id'],
    ['a number for a shot', { ...film, shots: [shot, 5] }, 'shot 2 is not a shot'],
    [
      'a prompt of 10,000 characters',
      { ...film, shots: [shot, { ...shot, id: 'b', prompt: 'a'.repeat(10_000) }] },
      'the "prompt" of shot 2 must be a text of up to 2000 characters',
    ],
    [
      'a look of 10,000 characters',
      { ...film, look: 'a'.repeat(10_000) },
      'its "look" must be a text of up to 2000 characters',
    ],
    [
      'a place far outside of the picture',
      withShot({ place: { from: { x: 7, y: 0 }, to: { x: 0, y: 0 }, scale: 1 } }),
      'the "place" of shot 1 must have "from" and "to" with "x" and "y" from -0.5 to 1.5, and a "scale" from 0.3 to 3',
    ],
    [
      'an endless shot',
      withShot({ seconds: 1e6 }),
      'the "seconds" of shot 1 must be a number from 0.1 to 60',
    ],
    [
      'a shot without length',
      withShot({ seconds: 0 }),
      'the "seconds" of shot 1 must be a number from 0.1 to 60',
    ],
    ['an odd width', { ...film, width: 330 }, 'its "width" must be a multiple of 32 from 32 to 1920'],
    ['no height', { ...film, height: undefined }, 'its "height" must be a multiple of 32 from 32 to 1920'],
    ['half a step', { ...film, steps: 0.5 }, 'its "steps" must be a whole number from 1 to 100'],
    ['a negative seed', { ...film, seed: -1 }, 'its "seed" must be a whole number from 0 to 4294967295'],
    [
      'an unknown attention',
      { ...film, attention: 'both' },
      'its "attention" must be one of "dense", "moga", "kmeans", "moc"',
    ],
    [
      'an unknown sampler',
      { ...film, sampler: 'ddim' },
      'its "sampler" must be one of "euler", "adams", "unipc"',
    ],
    ['a shift of nothing', { ...film, shift: 0 }, 'its "shift" must be a number from 0.1 to 30'],
  ])('refuses %s with one sentence', (_, data, reason) => {
    const sentence = refusal(() => validateStoryboard(data));
    expect(sentence).toBe(`This storyboard cannot be opened: ${reason}; mend the file and open it again.`);
    expect(sentence).toMatch(oneSentence);
  });
});
