import type { RouterView } from './useInspector.ts';

/** Where a token lies and where it was sent, for who reads or hears it. */
export function placeWords({ film, map }: RouterView, token: number): string {
  const { tokensPerFrame, grid, shots } = film.geometry;
  const cell = token % tokensPerFrame;
  const shot = shots.find(({ tokens }) => token >= tokens.start && token < tokens.start + tokens.count);
  const row = Math.floor(cell / grid.columns) + 1;
  const column = (cell % grid.columns) + 1;
  const frame = Math.floor(token / tokensPerFrame) - (shot?.latent.start ?? 0) + 1;
  return `shot ${(shot?.index ?? 0) + 1}, latent frame ${frame}, row ${row}, column ${column}: group ${(map.group[token] ?? 0) + 1}, ${certaintyWords(map.quarter[token] ?? 0)}`;
}

/** How sure the router was, by the quarter that its probability lies in. */
function certaintyWords(quarter: number): string {
  return `${quarter * 25}–${quarter * 25 + 25} % sure`;
}
