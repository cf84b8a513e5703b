import { duration } from '../film/player/timecode.ts';
import type { AdapterReport, Estimate } from '../render/protocol.ts';
import controls from '../ui/controls.module.css';
import styles from './AdapterPill.module.css';
import type { Costs } from './generationState.ts';
import { droppedWords, kernelRows } from './kernelWords.ts';
import { chooseDraft, useDraft } from './quality.ts';
import { memoryWords, weightWords } from './weightWords.ts';

interface AdapterFactsProps {
  report: AdapterReport;
  estimate: Estimate | null;
  costs: Costs | null;
}

/** The adapter and the film's cost on it: in words, then in figures. */
export function AdapterFacts({ report, estimate, costs }: AdapterFactsProps) {
  const draft = useDraft();
  const dropped = droppedWords(report);
  return (
    <>
      {estimate?.refusal && <p>{estimate.refusal}</p>}
      <p>{machineWords(report, costs)}</p>
      {report.software && !draft && (
        <button type="button" className={controls.button} onClick={() => chooseDraft(true)}>
          Make drafts here
        </button>
      )}
      <dl className={styles.facts}>
        {rows(report, estimate).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={controls.numbers}>{value}</dd>
          </div>
        ))}
      </dl>
      {dropped && <p className={styles.aside}>{dropped}</p>}
      <p className={styles.aside}>Everything runs on this machine; nothing is sent anywhere.</p>
    </>
  );
}

/** What this machine can do, as one would say it. */
export function machineWords({ software }: AdapterReport, costs: Costs | null): string {
  const times =
    costs && `about ${duration(costs.final)} for this film, ${duration(costs.draft)} for a draft of it`;
  if (!software) return times ? `This GPU takes ${times}.` : 'How fast this GPU is shows in a moment.';
  return times
    ? `There is no GPU here, so the processor computes: ${times}. The pictures are the same, they only take longer.`
    : 'There is no GPU here, so the processor computes. The pictures are the same, they only take longer.';
}

function rows(report: AdapterReport, estimate: Estimate | null): [string, string][] {
  const adapter: [string, string][] = [
    [
      'Adapter',
      report.description || [report.vendor, report.architecture].filter(Boolean).join(' ') || 'unnamed',
    ],
    ['Arithmetic', report.precision === 'f16' ? 'f16, half precision' : 'f32, full precision'],
    ...kernelRows(report),
  ];
  if (!estimate) return adapter;
  return [
    ...adapter,
    ['Frames', `${estimate.frames} from ${estimate.latentFrames} latent`],
    ['Tokens', estimate.tokens.toLocaleString('en')],
    ['Work', `${(estimate.flops / 1e12).toFixed(2)} TFLOP`],
    ['GPU memory', memoryWords(estimate)],
    ...(estimate.weights ? [['Weights', weightWords(estimate.weights)] satisfies [string, string]] : []),
  ];
}
