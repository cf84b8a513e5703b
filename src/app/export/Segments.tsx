import { useId } from 'react';
import styles from './Segments.module.css';

interface SegmentsProps<T extends string | number> {
  label: string;
  value: T;
  options: readonly { value: T; name: string; disabled?: boolean; title?: string }[];
  onChange: (value: T) => void;
}

/** A choice of few, side by side. */
export function Segments<T extends string | number>({ label, value, options, onChange }: SegmentsProps<T>) {
  const name = useId();
  return (
    <fieldset className={styles.segments}>
      <legend className={styles.legend}>{label}</legend>
      <div className={styles.row}>
        {options.map((option) => (
          <label key={option.value} className={styles.segment} title={option.title}>
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              disabled={option.disabled}
              onChange={() => onChange(option.value)}
            />
            <span>{option.name}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
