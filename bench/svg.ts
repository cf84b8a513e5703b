/** A mark of a drawing, as SVG. */
export type Mark = string;

/** Classes that the style of a drawing knows. */
export type Tone = 'ink' | 'quiet' | 'ours' | 'peer' | 'grid' | 'second' | 'third' | 'fourth';

/**
 * A drawing on a ground of its own, so that it can be read on any page; light or dark as the reader's system is.
 */
export function drawing(width: number, height: number, marks: readonly Mark[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-sans-serif, system-ui, sans-serif" font-size="12">
<title>Benchmarks of Shotweave</title>
<style>
  svg { --ground: #fffdf9; --ink: #22201d; --quiet: #6d675f; --grid: #e4ded5; --ours: #e2512f; --peer: #a39a8d; --second: #1d8f84; --third: #c98a12; --fourth: #5a6fc4 }
  @media (prefers-color-scheme: dark) {
    svg { --ground: #17181b; --ink: #ece8e1; --quiet: #9c968d; --grid: #2e3036; --ours: #ff6b4a; --peer: #6f6a63; --second: #3fc1b3; --third: #f0b44c; --fourth: #93a4ee }
  }
  .ground { fill: var(--ground) }
  text { fill: var(--ink) }
  text.quiet { fill: var(--quiet) }
  text.title { font-size: 15px; font-weight: 600 }
${(['ours', 'peer', 'second', 'third', 'fourth'] as const).map((tone) => `  .${tone} { fill: var(--${tone}); stroke: var(--${tone}) }`).join('\n')}
  rect { stroke: none }
  .grid { stroke: var(--grid); fill: none }
  .ink { stroke: var(--ink) }
  polyline { fill: none; stroke-width: 2 }
</style>
<rect class="ground" width="${width}" height="${height}" rx="8"/>
${marks.join('\n')}
</svg>
`;
}

export function text(
  x: number,
  y: number,
  content: string,
  { anchor = 'start', tone }: { anchor?: 'start' | 'middle' | 'end'; tone?: 'quiet' | 'title' } = {},
): Mark {
  const kind = tone ? ` class="${tone}"` : '';
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"${kind}>${escapeXml(content)}</text>`;
}

export function bar(x: number, y: number, width: number, height: number, tone: Tone): Mark {
  return `<rect class="${tone}" x="${round(x)}" y="${round(y)}" width="${round(Math.max(width, 1))}" height="${round(height)}" rx="2"/>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, tone: Tone, dashed = false): Mark {
  const dash = dashed ? ' stroke-dasharray="4 4"' : '';
  return `<line class="${tone}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"${dash}/>`;
}

/** A line through points, with a dot on each unless there are many. */
export function curve(points: readonly (readonly [number, number])[], tone: Tone, dotted = true): Mark {
  const path = points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
  const dots = points.map(([x, y]) => `<circle class="${tone}" cx="${round(x)}" cy="${round(y)}" r="3"/>`);
  return `<polyline class="${tone}" style="fill: none" points="${path}"/>${dotted ? dots.join('') : ''}`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
