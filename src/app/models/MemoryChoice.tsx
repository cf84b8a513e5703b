import { useStore } from 'zustand';
import { usualMemory } from '../../plan/filmBudget.ts';
import type { ModelChoices } from '../../render/modelReport.ts';
import controls from '../../ui/controls.module.css';
import { useGeneration, useStudio } from '../studio.ts';
import { memoryWords, weightWords } from '../weightWords.ts';
import styles from './Models.module.css';

const formats = [
  ['auto', 'Automatic: the most exact that fits'],
  ['f16', 'f16: half precision'],
  ['int8', 'int8: half the memory of f16'],
  ['int4', '4-bit: least memory, coarsest'],
] as const satisfies readonly [ModelChoices['weights'], string][];

/** GB that graphics cards come with. */
const sizes = [4, 6, 8, 10, 11, 12, 16, 20, 24, 32, 48, 64, 80, 96, 128];

/** How much memory films may take, which the browser does not tell, and how a Wan model's weights are kept in it. */
export function MemoryChoice() {
  const { models } = useStudio();
  const { memory, weights } = useStore(models.state, (state) => state.choices);
  const estimate = useGeneration((state) => state.estimate);
  const offered = memory === null || sizes.includes(memory) ? sizes : [...sizes, memory];
  return (
    <fieldset className={styles.memory} aria-label="Memory">
      <label className={controls.field}>
        GPU memory
        <select
          className={controls.input}
          value={memory ?? ''}
          onChange={({ target }) =>
            void models.choose({ memory: target.value === '' ? null : Number(target.value) })
          }
        >
          <option value="">Not known: plan for {usualMemory} GB</option>
          {offered.map((size) => (
            <option key={size} value={size}>
              {size} GB
            </option>
          ))}
        </select>
      </label>
      <label className={controls.field}>
        Weights of Wan models
        <select
          className={controls.input}
          value={weights}
          onChange={({ target }) => {
            const chosen = formats.find(([format]) => format === target.value);
            if (chosen) void models.choose({ weights: chosen[0] });
          }}
        >
          {formats.map(([format, name]) => (
            <option key={format} value={format}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {estimate && (
        <p className={styles.detail} role="status">
          {estimate.refusal ??
            `This film takes ${memoryWords(estimate)}${estimate.weights ? `, with weights ${weightWords(estimate.weights)}` : ''}.`}
        </p>
      )}
    </fieldset>
  );
}
