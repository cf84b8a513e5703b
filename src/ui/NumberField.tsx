import { type KeyboardEvent, useState } from 'react';
import controls from './controls.module.css';

interface NumberFieldProps {
  /** Accessible name. */
  label: string;
  value: number;
  min: number;
  max: number;
  whole?: boolean;
  /** What the up and down arrows add. */
  step: number;
  describedBy?: string;
  onValue: (value: number) => void;
  /** The person has left the field: the edit is over. */
  onDone: () => void;
}

/** A number that may be typed freely; every legal value counts at once, an illegal one is brought into range on leaving. */
export function NumberField({
  label,
  value,
  min,
  max,
  whole = false,
  step,
  describedBy,
  onValue,
  onDone,
}: NumberFieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const typed = draft === null ? value : Number.parseFloat(draft);
  const legal = typed >= min && typed <= max && (!whole || Number.isInteger(typed));

  function take(text: string): void {
    setDraft(text);
    const next = Number.parseFloat(text);
    if (next >= min && next <= max && (!whole || Number.isInteger(next))) onValue(next);
  }

  function leave(): void {
    if (draft !== null && !legal && Number.isFinite(typed)) onValue(clamp(whole ? Math.round(typed) : typed));
    setDraft(null);
    onDone();
  }

  function clamp(next: number): number {
    return Math.min(Math.max(next, min), max);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) setDraft(null);
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    setDraft(null);
    const next = clamp(value + (event.key === 'ArrowUp' ? step : -step));
    onValue(whole ? next : Math.round(next * 1e4) / 1e4);
  }

  return (
    <input
      className={controls.input}
      type="number"
      step="any"
      min={min}
      max={max}
      aria-label={label}
      aria-describedby={describedBy}
      aria-invalid={!legal}
      value={draft ?? format(value)}
      onChange={(event) => take(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={leave}
    />
  );
}

function format(value: number): string {
  return String(Math.round(value * 1e4) / 1e4);
}
