import { createContext, useContext, useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { invariant, ShotweaveError } from '../lib/errors.ts';
import { type ModelConfig, parseModelConfig } from '../model/config.ts';
import { createTokenizer, parseVocabulary, type Tokenizer } from '../model/tokenizer.ts';
import { isWanModel, publishedWanConfig, type WanModel } from '../model/wanConfig.ts';
import { planGeometry } from '../plan/geometry.ts';
import type { FilmGeometry } from '../plan/types.ts';
import { useStoryboard } from './useStoryboard.ts';

/** What the page needs to know of the model: its sizes and its words, not its weights. */
export interface StudioModel {
  config: ModelConfig;
  tokenizer: Tokenizer;
  /** The page knows every word that the model does, and helps to find them. */
  wordHelp: boolean;
}

const folder = `${import.meta.env.BASE_URL}models/papercut`;

/** Reads the built-in model's config and vocabulary. Throws `model-missing` or `model-invalid`. */
export async function loadStudioModel(): Promise<StudioModel> {
  const [config, vocabulary] = await Promise.all([
    fetchJson(`${folder}/config.json`).then(parseModelConfig),
    fetchJson(`${folder}/vocab.json`).then(parseVocabulary),
  ]);
  return { config, tokenizer: createTokenizer(vocabulary, config.text_encoder), wordHelp: true };
}

/** What the page needs to know of the model that a storyboard names: the built-in one, or one of the person's own. */
export function studioModelOf(builtIn: StudioModel, name: string): StudioModel {
  return isWanModel(name) ? wanStudioModel(name) : builtIn;
}

const wanStudioModels = new Map<WanModel, StudioModel>();

/** A Wan model before its files are read: the published sizes, and any words. */
function wanStudioModel(name: WanModel): StudioModel {
  const known = wanStudioModels.get(name);
  if (known) return known;
  const config = publishedWanConfig(name);
  const model = { config, tokenizer: anyWords(config.text_encoder.max_len), wordHelp: false };
  wanStudioModels.set(name, model);
  return model;
}

/** Stands in on the page for a tokenizer of many languages, which lies in the person's own files. */
function anyWords(maxLength: number): Tokenizer {
  return {
    maxWords: maxLength - 1,
    words: [],
    encode: () => {
      throw new Error('Invariant: the worker has the tokenizer of the person’s own models');
    },
    unknownWords: () => [],
    overLength: () => null,
  };
}

export const ModelContext = createContext<StudioModel | null>(null);

/** The model of the storyboard at hand. */
export function useModel(): StudioModel {
  const builtIn = useContext(ModelContext);
  invariant(builtIn, 'a component that needs the model stands outside ModelContext');
  return studioModelOf(
    builtIn,
    useStoryboard((state) => state.document.model),
  );
}

/** Geometry of the storyboard as it is edited; null when the model cannot make such a film. */
export function useGeometry(): FilmGeometry | null {
  const { config } = useModel();
  const width = useStoryboard((state) => state.document.width);
  const height = useStoryboard((state) => state.document.height);
  const fps = useStoryboard((state) => state.document.fps);
  // Only the cut counts: what is typed into prompts must not draw the timeline anew.
  const ids = useStoryboard(useShallow((state) => state.document.shots.map(({ id }) => id)));
  const lengths = useStoryboard(useShallow((state) => state.document.shots.map(({ seconds }) => seconds)));
  return useMemo(() => {
    const shots = ids.map((id, index) => ({ id, seconds: lengths[index] ?? 0 }));
    try {
      return planGeometry({ width, height, fps, shots }, config);
    } catch (error) {
      if (error instanceof ShotweaveError) return null;
      throw error;
    }
  }, [width, height, fps, ids, lengths, config]);
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
