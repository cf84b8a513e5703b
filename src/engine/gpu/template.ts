import { invariant } from '../../lib/errors.ts';

/** Values that a shader template sees: whole numbers and switches. */
export type Defines = Readonly<Record<string, number>>;

/**
 * Expands a WGSL template. WGSL has no unrolling and no conditional text, and register tiles need both:
 *
 * ```
 * #for r in 0..ROWS        repeats the lines up to the matching #end with r = 0, 1, ... ROWS-1
 * #if MODE == 2            keeps the lines when the expression is not zero; `#else` is allowed
 * acc_${r}_${c * 4 + 1}    replaced by the value of the expression
 * ```
 *
 * Expressions are integers over the defines and loop variables with + - * / % == != < > && || and parentheses.
 */
export function expandTemplate(source: string, defines: Defines): string {
  const lines = source.split('\n');
  const out: string[] = [];
  const end = expandBlock(lines, 0, { ...defines }, true, out);
  invariant(end === lines.length, `line ${end + 1} of a shader closes a block that was not opened`);
  return out.join('\n');
}

const forLine = /^\s*#for (\w+) in (.+)\.\.(.+)$/;
const ifLine = /^\s*#if (.+)$/;

/** Expands lines from `start` to the `#end`/`#else` that closes the block; returns the index of that line. */
function expandBlock(
  lines: readonly string[],
  start: number,
  scope: Record<string, number>,
  live: boolean,
  out: string[],
): number {
  let i = start;
  while (i < lines.length) {
    const line = lines[i] ?? '';
    const word = /^\s*#(\w+)/.exec(line)?.[1];
    if (word === 'end' || word === 'else') return i;
    if (word === 'for') i = expandFor(lines, i, scope, live, out);
    else if (word === 'if') i = expandIf(lines, i, scope, live, out);
    else {
      invariant(word === undefined, `unknown directive in a shader: ${line}`);
      if (live) out.push(interpolate(line, scope));
      i += 1;
    }
  }
  return i;
}

function expandFor(
  lines: readonly string[],
  at: number,
  scope: Record<string, number>,
  live: boolean,
  out: string[],
): number {
  const match = forLine.exec(lines[at] ?? '');
  invariant(match?.[1] && match[2] && match[3], `malformed loop in a shader: ${lines[at]}`);
  const first = live ? evaluate(match[2], scope) : 0;
  const last = live ? evaluate(match[3], scope) : 0;
  let close = skipBlock(lines, at + 1, scope);
  for (let value = first; value < last; value++) {
    close = expandBlock(lines, at + 1, { ...scope, [match[1]]: value }, live, out);
  }
  invariant(lines[close]?.trim() === '#end', `a loop in a shader is not closed: ${lines[at]}`);
  return close + 1;
}

function expandIf(
  lines: readonly string[],
  at: number,
  scope: Record<string, number>,
  live: boolean,
  out: string[],
): number {
  const match = ifLine.exec(lines[at] ?? '');
  invariant(match?.[1], `malformed condition in a shader: ${lines[at]}`);
  const holds = live && evaluate(match[1], scope) !== 0;
  let close = expandBlock(lines, at + 1, scope, holds, out);
  if (lines[close]?.trim() === '#else') close = expandBlock(lines, close + 1, scope, live && !holds, out);
  invariant(lines[close]?.trim() === '#end', `a condition in a shader is not closed: ${lines[at]}`);
  return close + 1;
}

function skipBlock(lines: readonly string[], start: number, scope: Record<string, number>): number {
  return expandBlock(lines, start, scope, false, []);
}

function interpolate(line: string, scope: Record<string, number>): string {
  return line.replace(/\$\{([^}]+)\}/g, (_, expression: string) => String(evaluate(expression, scope)));
}

type Operator = (a: number, b: number) => number;

/** Binary operators, loosest binding first. */
const precedence: readonly Readonly<Record<string, Operator>>[] = [
  { '||': (a, b) => Number(a !== 0 || b !== 0) },
  { '&&': (a, b) => Number(a !== 0 && b !== 0) },
  { '==': (a, b) => Number(a === b), '!=': (a, b) => Number(a !== b) },
  { '<': (a, b) => Number(a < b), '>': (a, b) => Number(a > b) },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => Math.trunc(a / b), '%': (a, b) => a % b },
];

/** Value of an integer expression. The page's security policy forbids `eval`, so this reads it itself. */
export function evaluate(expression: string, scope: Readonly<Record<string, number>>): number {
  const tokens = expression.match(/\d+|\w+|\|\||&&|==|!=|[-+*/%<>()]/g) ?? [];
  // A character that no token takes (as in `<=`) must not just drop out.
  invariant(tokens.join('') === expression.replace(/\s/g, ''), `malformed expression "${expression}"`);
  let next = 0;

  function level(depth: number): number {
    const operators = precedence[depth];
    if (!operators) return atom();
    let value = level(depth + 1);
    for (;;) {
      const operator = operators[tokens[next] ?? ''];
      if (!operator) return value;
      next += 1;
      value = operator(value, level(depth + 1));
    }
  }

  function atom(): number {
    const token = tokens[next] ?? '';
    next += 1;
    if (token === '(') {
      const value = level(0);
      invariant(tokens[next] === ')', `unbalanced parentheses in "${expression}"`);
      next += 1;
      return value;
    }
    if (/^\d/.test(token)) return Number(token);
    const value = scope[token];
    invariant(value !== undefined, `"${token}" in "${expression}" has no value`);
    return value;
  }

  const value = level(0);
  invariant(next === tokens.length && Number.isInteger(value), `malformed expression "${expression}"`);
  return value;
}
