import { duration } from '../film/player/timecode.ts';
import type { AdapterReport, Estimate } from '../render/protocol.ts';
import controls from '../ui/controls.module.css';
import styles from './AdapterPill.module.css';

/** The adapter and the film's cost on it, in figures. */
export function AdapterFacts({ report, estimate }: { report: AdapterReport; estimate: Estimate | null }) {
  return (
    <>
      {estimate?.refusal && <p>{estimate.refusal}</p>}
      <dl className={styles.facts}>
        {rows(report, estimate).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={controls.numbers}>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.aside}>
        {report.software
          ? 'WebGPU runs on the processor here. The film comes out as on a GPU, only later.'
          : 'Everything runs on this machine; nothing is sent anywhere.'}
      </p>
    </>
  );
}

function rows(report: AdapterReport, estimate: Estimate | null): [string, string][] {
  const adapter: [string, string][] = [
    [
      'Adapter',
      report.description || [report.vendor, report.architecture].filter(Boolean).join(' ') || 'unnamed',
    ],
    ['Arithmetic', report.precision],
  ];
  if (!estimate) return adapter;
  const { renderSeconds } = estimate;
  return [
    ...adapter,
    ['Time', renderSeconds === null ? 'not measured yet' : `about ${duration(renderSeconds)}`],
    ['Frames', `${estimate.frames} from ${estimate.latentFrames} latent`],
    ['Tokens', estimate.tokens.toLocaleString('en')],
    ['Work', `${(estimate.flops / 1e12).toFixed(2)} TFLOP`],
    ['GPU memory', `${Math.ceil(estimate.gpuBytes / 2 ** 20)} MiB`],
  ];
}
