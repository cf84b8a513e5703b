import { describe, expect, it } from 'vitest';
import { parseBenchArguments } from './arguments.ts';

describe('parseBenchArguments', () => {
  it('runs everything in a browser by default', () => {
    expect(parseBenchArguments([])).toEqual({
      suites: ['kernels', 'attention', 'film'],
      maxTokens: null,
      groups: null,
      steps: null,
      jsonFile: null,
      chartFile: null,
      quick: false,
      node: false,
    });
  });

  it('reads every option', () => {
    const sizes = ['--tokens', '17000', '--groups', '8', '--steps', '4'];
    const args = [
      ...sizes,
      '--json',
      'a.json',
      '--chart',
      'a.svg',
      '--suite',
      'attention',
      '--quick',
      '--node',
    ];
    expect(parseBenchArguments(args)).toEqual({
      suites: ['attention'],
      maxTokens: 17_000,
      groups: 8,
      steps: 4,
      jsonFile: 'a.json',
      chartFile: 'a.svg',
      quick: true,
      node: true,
    });
  });

  it('leaves the film out in Node, and refuses it when asked for', () => {
    expect(parseBenchArguments(['--node']).suites).toEqual(['kernels', 'attention']);
    expect(() => parseBenchArguments(['--node', '--suite', 'film'])).toThrow('needs the browser');
  });

  it('names the suites when it does not know one', () => {
    expect(() => parseBenchArguments(['--suite', 'all'])).toThrow(
      '--suite takes kernels, attention, film, minute, not "all".',
    );
  });

  it.each(['0', '-1', '1.5', 'many', ''])('takes no %j for a count', (text) => {
    expect(() => parseBenchArguments([`--steps=${text}`])).toThrow('--steps takes a whole number above 0');
  });

  it('shows the usage for an option that is not there', () => {
    expect(() => parseBenchArguments(['--fast'])).toThrow('npm run bench -- [--suite');
  });
});
