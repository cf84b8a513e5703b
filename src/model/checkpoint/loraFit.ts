import { ShotweaveError } from '../../lib/errors.ts';
import { isWanName } from '../wan.ts';
import { publishedDit, wanModelOf, wanModels, wanTitles } from '../wanConfig.ts';
import { type DitShape, ditInventory } from './dit.ts';
import type { LoraChange, LoraShape } from './lora.ts';

/** Whether a change has the size of the tensor that it is for. */
export function changeFits({ pair, diff }: LoraChange, shape: readonly number[]): boolean {
  const elements = shape.reduce((all, size) => all * size, 1);
  return (
    (!pair || (pair.rows === shape[0] && pair.rows * pair.columns === elements)) &&
    (!diff || diff.elements === elements)
  );
}

/** Whether a transformer of these sizes has everything that a LoRA changes, in the LoRA's own sizes. */
export function loraFits({ changes }: LoraShape, dit: DitShape): boolean {
  const inventory = ditInventory(dit);
  for (const [name, change] of changes) {
    const shape = inventory.get(name);
    if (!shape || !changeFits(change, shape)) return false;
  }
  return true;
}

/** What a LoRA was made for, as far as its sizes tell: "Wan2.1 14B", "a Wan2.1 of at least 2 blocks of 256". */
export function loraTarget(lora: LoraShape): string {
  const published = wanModels.filter(isWanName).filter((name) => loraFits(lora, publishedDit(name)));
  if (published.length > 0) return published.map((name) => wanTitles[name]).join(' and ');
  const { changes, dim } = lora;
  if (dim === 0) return 'a Wan2.1 of another size';
  const blocks = Array.from(changes.keys(), (name) => 1 + Number(/^blocks\.(\d+)\./.exec(name)?.[1] ?? -1));
  const most = Math.max(...blocks);
  if (most === 0) return `a Wan2.1 ${dim} wide`;
  return `a Wan2.1 of at least ${most} ${most === 1 ? 'block' : 'blocks'} of ${dim}`;
}

/** What a transformer is called in a sentence: "Wan2.1 14B", "a Wan2.1 of 2 blocks of 128". */
export function ditName(dit: DitShape): string {
  const model = wanModelOf(dit);
  return isWanName(model) ? wanTitles[model] : `a Wan2.1 of ${dit.layers} blocks of ${dit.dim}`;
}

/** Why a LoRA is of no use with the transformers that there are, as a sentence; null where it is, or none is there yet. */
export function loraProblem(lora: LoraShape, dits: readonly DitShape[]): string | null {
  if (dits.length === 0 || dits.some((dit) => loraFits(lora, dit))) return null;
  const yours = [...new Set(dits.map(ditName))].join(' and ');
  return `This LoRA is for ${loraTarget(lora)} and yours is ${yours}: add the model that it is for, or a LoRA made for yours.`;
}

/** Refuses a LoRA that a film's transformer cannot take. Throws `model-invalid`. */
export function refuseMisfit(fileName: string, lora: LoraShape, dit: DitShape): void {
  if (loraFits(lora, dit)) return;
  throw new ShotweaveError(
    'model-invalid',
    `The LoRA ${fileName} is for ${loraTarget(lora)} and the film's model is ${ditName(dit)}: set its strength to 0 under Models, or choose a LoRA made for this model.`,
  );
}
