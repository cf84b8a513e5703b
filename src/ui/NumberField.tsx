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

interface Draft {
  text: string;
  /** The value that the text led to. */
  value: number;
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
  const [draft, setDraft] = useState<Draft | null>(null);
  // Undo may change the value under the person's hands: what they typed is of the past then.
  const text = draft?.value === value ? draft.text : format(value);
  const legal = isLegal(Number.parseFloat(text));

  function isLegal(number: number): boolean {
    return number >= min && number <= max && (!whole || Number.isInteger(number));
  }

  function take(typed: string): void {
    const number = Number.parseFloat(typed);
    setDraft({ text: typed, value: isLegal(number) ? number : value });
    if (isLegal(number)) onValue(number);
  }

  function leave(): void {
    const number = Number.parseFloat(text);
    if (!legal && Number.isFinite(number)) onValue(clamp(whole ? Math.round(number) : number));
    setDraft(null);
    onDone();
  }

  function clamp(number: number): number {
    return Math.min(Math.max(number, min), max);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    setDraft(null);
    onValue(rounded(clamp(value + (event.key === 'ArrowUp' ? step : -step))));
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
      value={text}
      onChange={(event) => take(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={leave}
    />
  );
}

function format(value: number): string {
  return String(rounded(value));
}

/** Without the dust of binary fractions. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
