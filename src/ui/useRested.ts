import { useEffect, useState } from 'react';

/** The value as it was when it last stood still for so long: what is costly to follow is not followed through a drag. */
export function useRested<T>(value: T, milliseconds: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    if (rested === value) return;
    const timer = setTimeout(() => setRested(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, rested, milliseconds]);
  return rested;
}
