import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { AdapterFacts } from '../engine/device.ts';
import type { ChosenWeights } from '../plan/filmBudget.ts';
import type { Storyboard } from '../storyboard/document.ts';
import type { ModelFacts } from './modelFiles.ts';

/** Rises when the engine makes other films from the same storyboard. */
const engineVersion = 7;

/**
 * Tells films apart by everything that decides their frames: two storyboards with the same fingerprint give the
 * same film, bit for bit, on the same adapter. Locked shots count as the film that they are kept from; titles do not matter.
 */
export function filmFingerprint(
  storyboard: Storyboard,
  model: ModelFacts,
  adapter: AdapterFacts,
  base: string | undefined,
  weights: ChosenWeights | null,
): string {
  const { width, height, fps, look, negative, seed, steps, guidance, attention, shots } = storyboard;
  const { sampler, shift, carry, guidanceEvery } = storyboard;
  const facts = {
    engineVersion,
    weights: model.weightsSha256,
    // Streamed or resident, blocks compute the same.
    ...(weights && { kept: [weights.dit.format, weights.text] }),
    adapter: [adapter.vendor, adapter.architecture, adapter.description, adapter.precision],
    kernels: Object.entries(adapter.kernels?.variants ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
    film: [width, height, fps, look, negative, seed, steps, guidance, attention],
    sampling: [sampler, shift, guidanceEvery],
    carry,
    base: shots.some(({ locked }) => locked) ? base : null,
    // Where a subject is goes by its shot's id, too.
    ...(model.config.marks && { ids: shots.map(({ id }) => id) }),
    ...(shots.some(({ place }) => place) && { places: shots.map(({ place = null }) => place) }),
    shots: shots.map(({ id, prompt, seconds, seed: own, locked }) => [prompt, seconds, own, locked && id]),
  };
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(facts))));
}
