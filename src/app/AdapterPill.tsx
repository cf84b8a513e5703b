import { Popover } from 'radix-ui';
import type { AdapterReport, Estimate } from '../render/protocol.ts';
import controls from '../ui/controls.module.css';
import { AdapterFacts } from './AdapterFacts.tsx';
import styles from './AdapterPill.module.css';
import type { AdapterState } from './generation.ts';
import { HeldNotices } from './HeldNotices.tsx';
import { useGeneration, useStudio } from './studio.ts';

/** What makes the film and with which arithmetic; what that costs, in plain words, on a click. */
export function AdapterPill() {
  const { generation } = useStudio();
  const adapter = useGeneration((state) => state.adapter);
  const estimate = useGeneration((state) => state.estimate);
  const costs = useGeneration((state) => state.costs);
  return (
    <Popover.Root>
      <Popover.Trigger className={styles.pill} data-status={statusOf(adapter, estimate)}>
        <span className={styles.light} />
        <span className={styles.words}>{words(adapter, estimate)}</span>
        {adapter.status === 'ready' && <span className={styles.precision}>{adapter.report.precision}</span>}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.card} sideOffset={8} collisionPadding={12}>
          <HeldNotices />
          {adapter.status === 'ready' && (
            <AdapterFacts report={adapter.report} estimate={estimate} costs={costs} />
          )}
          {adapter.status === 'connecting' && <p>Asking the browser for a GPU.</p>}
          {adapter.status === 'absent' && (
            <>
              <p>{adapter.sentence}</p>
              <p className={styles.aside}>The storyboard can be written and saved meanwhile.</p>
              <button type="button" className={controls.button} onClick={generation.connect}>
                Look again
              </button>
            </>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function words(adapter: AdapterState, estimate: Estimate | null): string {
  if (adapter.status === 'connecting') return 'Looking for a GPU';
  if (adapter.status === 'absent') return 'No films here: why';
  if (estimate?.refusal) return 'This film does not fit here';
  return adapterName(adapter.report);
}

/** "No GPU", or the GPU's own name where the browser tells it. */
function adapterName({ software, description, vendor }: AdapterReport): string {
  if (software) return 'No GPU';
  return description || vendor || 'This GPU';
}

function statusOf(adapter: AdapterState, estimate: Estimate | null): 'ready' | 'slow' | 'waiting' | 'absent' {
  if (adapter.status === 'connecting') return 'waiting';
  if (adapter.status === 'absent' || estimate?.refusal) return 'absent';
  return adapter.report.software ? 'slow' : 'ready';
}
