import { createContext, useContext, useMemo } from 'react';
import { invariant, ShotweaveError } from '../lib/errors.ts';
import { type ModelConfig, parseModelConfig } from '../model/config.ts';
import { createTokenizer, parseVocabulary, type Tokenizer } from '../model/tokenizer.ts';
import { planGeometry } from '../plan/geometry.ts';
import type { FilmGeometry } from '../plan/types.ts';
import { useStoryboard } from './useStoryboard.ts';

/** What the page needs to know of the model: its sizes and its words, not its weights. */
export interface StudioModel {
  config: ModelConfig;
  tokenizer: Tokenizer;
}

const folder = `${import.meta.env.BASE_URL}models/papercut`;

/** Reads the built-in model's config and vocabulary. Throws `model-missing` or `model-invalid`. */
export async function loadStudioModel(): Promise<StudioModel> {
  const [config, vocabulary] = await Promise.all([
    fetchJson(`${folder}/config.json`).then(parseModelConfig),
    fetchJson(`${folder}/vocab.json`).then(parseVocabulary),
  ]);
  return { config, tokenizer: createTokenizer(vocabulary, config.text_encoder) };
}

export const ModelContext = createContext<StudioModel | null>(null);

export function useModel(): StudioModel {
  const model = useContext(ModelContext);
  invariant(model, 'a component that needs the model stands outside ModelContext');
  return model;
}

/** Geometry of the storyboard as it is edited; null when the model cannot make such a film. */
export function useGeometry(): FilmGeometry | null {
  const { config } = useModel();
  const width = useStoryboard((state) => state.document.width);
  const height = useStoryboard((state) => state.document.height);
  const fps = useStoryboard((state) => state.document.fps);
  const shots = useStoryboard((state) => state.document.shots);
  return useMemo(() => {
    try {
      return planGeometry({ width, height, fps, shots }, config);
    } catch (error) {
      if (error instanceof ShotweaveError) return null;
      throw error;
    }
  }, [width, height, fps, shots, config]);
}

async function fetchJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    return await response.json();
  } catch (cause) {
    throw new ShotweaveError(
      'model-missing',
      'The built-in model did not come with the page: start the studio again with `npm start` and reload.',
      { cause },
    );
  }
}
