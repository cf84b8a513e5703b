/** Frame number as mm:ss:ff. `fps` is whole. */
export function timecode(frame: number, fps: number): string {
  const seconds = Math.floor(frame / fps);
  return [Math.floor(seconds / 60), seconds % 60, frame % fps].map(twoDigits).join(':');
}

/** A time a person can wait by: "8 s", "1 min 20 s", "2 h 5 min". */
export function duration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return joinUnits(Math.floor(whole / 60), 'min', whole % 60, 's');
  return joinUnits(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
}

function joinUnits(major: number, majorUnit: string, minor: number, minorUnit: string): string {
  return minor === 0 ? `${major} ${majorUnit}` : `${major} ${majorUnit} ${minor} ${minorUnit}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
