import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseModelConfig } from '../model/config.ts';
import { createTokenizer, parseVocabulary, promptOf } from '../model/tokenizer.ts';
import { parseStoryboard, type Storyboard } from '../storyboard/document.ts';
import { planGeometry } from './geometry.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

const model = parseModelConfig(JSON.parse(read('public/models/papercut/config.json')));
const tokenizer = createTokenizer(
  parseVocabulary(JSON.parse(read('public/models/papercut/vocab.json'))),
  model.text_encoder,
);
const names = readdirSync(new URL('examples/', root)).filter((name) => name.endsWith('.shotweave.json'));
const examples = names.map((name): [string, Storyboard] => [name, parseStoryboard(read(`examples/${name}`))]);

describe('the examples', () => {
  it('show films of one, two, three and eight shots, in three shapes and both kinds of attention', () => {
    const storyboards = examples.map(([, storyboard]) => storyboard);
    expect(storyboards.length).toBeGreaterThanOrEqual(7);
    const shapes = storyboards.map(({ width, height }) => Math.sign(width - height));
    expect(new Set(shapes)).toEqual(new Set([-1, 0, 1]));
    expect(new Set(storyboards.map(({ attention }) => attention))).toEqual(new Set(['moga', 'dense']));
    expect(storyboards.map(({ shots }) => shots.length)).toEqual(expect.arrayContaining([1, 2, 3, 8]));
  });

  it.each(examples)('%s plans as a film of the built-in model at the lengths it states', (_, storyboard) => {
    expect(storyboard.model).toBe('papercut');
    const film = planGeometry(storyboard, model);
    for (const shot of film.shots) {
      expect(shot.seconds).toBeCloseTo(storyboard.shots[shot.index]?.seconds ?? 0, 12);
    }
  });

  it.each(examples)(
    '%s asks for nothing that the model does not know or read',
    (_, { look, negative, shots }) => {
      for (const text of [negative, ...shots.map((shot) => promptOf(look, shot.prompt))]) {
        expect(tokenizer.unknownWords(text)).toEqual([]);
        expect(tokenizer.overLength(text)).toBeNull();
      }
    },
  );

  it('red-sailboat is the film of 93 frames that the figures are quoted for', () => {
    const storyboard = parseStoryboard(read('examples/red-sailboat.shotweave.json'));
    expect(storyboard).toMatchObject({ steps: 6, guidance: 1, seed: 7, attention: 'moga', fps: 24 });
    expect(planGeometry(storyboard, model)).toMatchObject({
      frames: 93,
      latent: { frames: 24 },
      tokens: 1440,
    });
  });
});
