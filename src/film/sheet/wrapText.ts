/**
 * Breaks a text into lines that fit a width, at most so many; what is left over becomes an ellipsis.
 * `measure` gives the width of a line. A word wider than a line is cut where it must be.
 */
export function wrapText(
  text: string,
  width: number,
  most: number,
  measure: (line: string) => number,
): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || measure(longer) <= width) {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  if (line !== '') lines.push(line);
  const shown = lines.slice(0, most);
  const cut = lines.length > most;
  return shown.map((full, index) => shorten(full, width, measure, cut && index === most - 1));
}

/** The line as it is where it fits, else as much of it as fits before an ellipsis. */
function shorten(
  line: string,
  width: number,
  measure: (line: string) => number,
  unfinished: boolean,
): string {
  if (!unfinished && measure(line) <= width) return line;
  const characters = Array.from(line);
  while (characters.length > 0 && measure(`${characters.join('').trimEnd()}…`) > width) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}
