import { describe, expect, it } from 'vitest';
import { evaluate, expandTemplate } from './template.ts';

describe('evaluate', () => {
  it('follows the usual precedence', () => {
    expect(evaluate('2 + 3 * 4', {})).toBe(14);
    expect(evaluate('(2 + 3) * 4 - 1', {})).toBe(19);
    expect(evaluate('7 / 2 + 7 % 4', {})).toBe(6);
    expect(evaluate('A == 2 && B < 3 || C != 1', { A: 2, B: 5, C: 0 })).toBe(1);
  });

  it('refuses unknown names and broken text', () => {
    expect(() => evaluate('A + 1', {})).toThrow(/"A"/);
    expect(() => evaluate('(1 + 2', {})).toThrow(/parentheses/);
    expect(() => evaluate('1 2', {})).toThrow(/malformed/);
    expect(() => evaluate('1 <= 2', {})).toThrow(/malformed/);
    expect(() => evaluate('', {})).toThrow();
  });
});

describe('expandTemplate', () => {
  it('unrolls nested loops', () => {
    const source = '#for r in 0..ROWS\n#for c in r..3\nacc_${r}_${c * 4}\n#end\n#end\nend';
    expect(expandTemplate(source, { ROWS: 2 })).toBe('acc_0_0\nacc_0_4\nacc_0_8\nacc_1_4\nacc_1_8\nend');
  });

  it('keeps one side of a condition, also inside loops and in loops that run no time', () => {
    const source = '#for i in 0..N\n#if i == 1\none\n#else\nother ${i}\n#end\n#end';
    expect(expandTemplate(source, { N: 3 })).toBe('other 0\none\nother 2');
    expect(expandTemplate(source, { N: 0 })).toBe('');
    expect(expandTemplate('#if A\n#if B\nx\n#else\ny\n#end\n#end', { A: 0, B: 1 })).toBe('');
  });

  it('refuses blocks that do not match', () => {
    expect(() => expandTemplate('#for i in 0..2\nx', {})).toThrow(/not closed/);
    expect(() => expandTemplate('x\n#end', {})).toThrow(/not opened/);
    expect(() => expandTemplate('#while 1\n#end', {})).toThrow(/unknown directive/);
  });
});
